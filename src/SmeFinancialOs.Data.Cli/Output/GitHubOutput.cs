using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Output;

/// <summary>
/// Workflow commands, which GitHub shows beside the code. <see href="https://docs.github.com/actions/reference/workflow-commands-for-github-actions"/>
/// </summary>
internal static class GitHubOutput
{
    internal static string Write(Outcome outcome) => string.Concat(outcome.Problems.Select(problem =>
    {
        var file = problem.File is null ? "" : $"file={Property(problem.File)},{(problem.Line is { } line ? $"line={line}," : "")}";
        return $"::{Level(problem.Severity)} {file}title={Property(problem.Rule)}::{Data($"{problem.Object}: {problem.Message}\n{problem.Sql}".TrimEnd())}\n";
    }));

    private static string Level(AuditSeverity severity) =>
        severity switch { AuditSeverity.Error => "error", AuditSeverity.Warning => "warning", _ => "notice" };

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
