namespace SmeFinancialOs.Data.Cli;

/// <summary>One known finding a line: its fingerprint, then words for the reader.</summary>
internal static class Baseline
{
    internal static IReadOnlyCollection<string> Read(string file) =>
        File.Exists(file)
            ? [.. File.ReadLines(file).Select(line => line.Split('#')[0].Trim().Split(' ')[0]).Where(fingerprint => fingerprint.Length > 0)]
            : throw new ToolFailureException($"There is no baseline \"{file}\"; --write-baseline makes one.");

    internal static void Write(string file, IEnumerable<Problem> problems) =>
        File.WriteAllLines(file, ["# Findings that sme-data does not report. Each line is a fingerprint, and what it stands for.",
            .. problems.OrderBy(problem => problem.Rule, StringComparer.Ordinal).ThenBy(problem => problem.Object, StringComparer.Ordinal)
                .Select(problem => $"{problem.Fingerprint} {problem.Rule} {problem.Object}")]);
}
