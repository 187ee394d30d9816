namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>What docs/telemetry.md promises.</summary>
internal static class TelemetryPage
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "docs", "telemetry.md"));

    public static IReadOnlyList<string> Spans => [.. Table("span").Select(row => row[0])];

    /// <summary>Each tag and what has it.</summary>
    public static IReadOnlyList<(string Name, string On)> Tags => [.. Table("tag").Select(row => (row[0], row[1]))];

    public static IReadOnlyList<string> Outcomes => [.. Table("outcome").Select(row => row[0])];

    public static IReadOnlyList<(string Name, string Kind, string Unit)> Instruments => [.. Table("instrument").Select(row => (row[0], row[1], row[2]))];

    public static IReadOnlyList<(int Id, string Name, string Level, string Category)> Events =>
        [.. Table("id").Select(row => (int.Parse(row[0]), row[1], row[2], row[3]))];

    /// <summary>The rows of the table whose first column has this heading.</summary>
    private static IEnumerable<string[]> Table(string heading) =>
        Text.Split('\n').SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());
}
