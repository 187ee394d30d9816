using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

/// <summary>The files of sql/ as this assembly carries them, in the order in which sql/apply.sql includes them.</summary>
internal static class EmbeddedScripts
{
    /// <summary>The allowlist of the guard.</summary>
    internal const string Allowlist = "guard/allowlist.sql";

    private const string Include = @"\ir ";

    /// <summary>What every database has: migrations and objects.</summary>
    internal static IReadOnlyList<SqlScript> Core { get; } = Of("migrations/", "objects/");

    /// <summary>The tables of the article.</summary>
    internal static IReadOnlyList<SqlScript> Invoicing { get; } = Of("invoicing/");

    /// <summary>The tenant guard, which a host turns on.</summary>
    internal static IReadOnlyList<SqlScript> Guard { get; } = Of("guard/");

    /// <summary>The seal of the tenant context, which a host turns on.</summary>
    internal static IReadOnlyList<SqlScript> Seal { get; } = Of("seal/");

    /// <summary>What a database has by default.</summary>
    internal static IReadOnlyList<SqlScript> All { get; } = [.. Core, .. Invoicing, .. Of(Allowlist)];

    private static SqlScript[] Of(params string[] folders) =>
    [
        .. Read("apply.sql").Split('\n').Where(line => line.StartsWith(Include, StringComparison.Ordinal)).Select(line => line[Include.Length..].Trim())
            .Where(name => folders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal))).Select(name => new SqlScript(name, Read(name))),
    ];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
