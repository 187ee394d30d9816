using SmeFinancialOs.Data.Schema.Audit.Fixes;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class ServerCve20232455 : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "server-cve-2023-2455", AuditSeverity.Error,
        "A server that applies the policies of the wrong role after inlining.",
        "Policies of the role that planned a function hold where another role runs it.",
        "https://www.postgresql.org/support/security/CVE-2023-2455/");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        ServerVersions.Fixed(scene.Catalog.ServerVersion, (15, 3)) is not { } minor ? [] :
        [Found($"PostgreSQL {scene.Catalog.ServerVersion.Major}", $"{scene.Catalog.ServerVersion} has CVE-2023-2455; fixed in {minor}.", Fix.Person($"update the server to {minor} or later"))];
}
