using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

// The files of sql/ as this assembly carries them, in the order of their numbers.
internal static class EmbeddedScripts
{
    internal static IReadOnlyList<SqlScript> All { get; } = [.. Folder("")];

    // What a host turns on; after all the others.
    internal static IReadOnlyList<SqlScript> Guard { get; } = [.. Folder("guard/")];

    internal static IReadOnlyList<SqlScript> Seal { get; } = [.. Folder("seal/")];

    private static IEnumerable<SqlScript> Folder(string folder) => typeof(EmbeddedScripts).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && name[..(name.LastIndexOf('/') + 1)] == folder)
        .Order(StringComparer.Ordinal).Select(name => new SqlScript(name, Read(name)));

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
