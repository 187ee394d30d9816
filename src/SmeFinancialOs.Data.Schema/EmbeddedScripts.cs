using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

// The files of sql/ as this assembly carries them, in the order of their numbers.
internal static class EmbeddedScripts
{
    internal static IReadOnlyList<SqlScript> All { get; } = [.. Names.Where(name => !IsGuard(name)).Select(name => new SqlScript(name, Read(name)))];

    // What a host turns on; after all the others.
    internal static IReadOnlyList<SqlScript> Guard { get; } = [.. Names.Where(IsGuard).Select(name => new SqlScript(name, Read(name)))];

    private static IEnumerable<string> Names => typeof(EmbeddedScripts).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static bool IsGuard(string name) => name.StartsWith("guard/", StringComparison.Ordinal);

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
