using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>A fault of the server itself, and the minor version of each major version that mends it.</summary>
internal sealed class ServerVersionRule(string cve, AuditRule description, params (int Major, int Minor)[] fixes) : CatalogRule, IRuleFamily
{
    private const string Advisory = "https://www.postgresql.org/support/security/";

    public static IReadOnlyList<CatalogRule> Rows { get; } =
    [
        new ServerVersionRule("CVE-2024-10976", new(
            "server-cve-2024-10976", AuditSeverity.Error,
            "A server that reuses plans across a change of role.",
            "Row-level security below sub-queries disregards a change of role: a plan of one role runs for another.",
            Advisory + "CVE-2024-10976/"), (15, 9), (16, 5), (17, 1)),
        new ServerVersionRule("CVE-2023-2455", new(
            "server-cve-2023-2455", AuditSeverity.Error,
            "A server that applies the policies of the wrong role after inlining.",
            "Policies of the role that planned a function hold where another role runs it.",
            Advisory + "CVE-2023-2455/"), (15, 3)),
        new ServerVersionRule("CVE-2025-8713", new(
            "server-cve-2025-8713", AuditSeverity.Warning,
            "A server whose statistics leak rows.",
            "A leaky operator of the caller sees sampled rows of views, partitions and children that the policies hide.",
            Advisory + "CVE-2025-8713/"), (15, 14), (16, 10), (17, 6)),
    ];

    public override AuditRule Description => description;

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        var server = model.Catalog.ServerVersion;
        if (Fixed(server, fixes) is { } minor)
            yield return Found($"PostgreSQL {server.Major}", $"{server} has {cve}; fixed in {minor}.", Fix.Person($"update the server to {minor} or later"));
    }

    /// <summary>The minor version that mends a fault, when the server is older than it; null when it is not concerned.</summary>
    internal static string? Fixed(Version server, params ReadOnlySpan<(int Major, int Minor)> fixes)
    {
        foreach (var (major, minor) in fixes)
        {
            if (server.Major == major && server.Minor < minor)
                return $"{major}.{minor}";
        }
        return null;
    }
}
