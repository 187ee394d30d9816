using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>What docs/telemetry.md promises.</summary>
internal static class TelemetryPage
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "telemetry.md"));

    // Not CallerFilePath: a deterministic build maps it away.
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "SmeFinancialOs.Data.sln")))
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
            return folder.FullName;
        }
    }

    public static IReadOnlyList<string> Spans => [.. Table("span").Select(row => row[0])];

    /// <summary>Each tag and what has it.</summary>
    public static IReadOnlyList<(string Name, string On)> Tags => [.. Table("tag").Select(row => (row[0], row[1]))];

    public static IReadOnlyList<string> Outcomes => [.. Table("outcome").Select(row => row[0])];

    public static IReadOnlyList<(string Name, string Kind, string Unit)> Instruments => [.. Table("instrument").Select(row => (row[0], row[1], row[2]))];

    public static IReadOnlyList<(int Id, string Name, string Level, string Category)> Events => [.. Table("id").Select(row => (int.Parse(row[0]), row[1], row[2], row[3]))];

    public static string Snippet => Regex.Match(Text, "^```csharp\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Groups["code"].Value;

    /// <summary>The rows of the table whose first column has this heading.</summary>
    private static IEnumerable<string[]> Table(string heading) =>
        Text.Split('\n').SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());
}
