using System.Globalization;
using System.Text;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Output;

/// <summary>For a person: by object, the worst first, each with the SQL that mends it.</summary>
internal static class TextOutput
{
    internal static string Write(Outcome outcome, bool color, bool quiet)
    {
        if (quiet && outcome.Problems.Count == 0)
            return "";
        var text = new StringBuilder();
        foreach (var group in outcome.Problems.GroupBy(problem => (problem.File, problem.Object)))
        {
            text.Append(Bold(group.Key.Object, color)).AppendLine(group.Key.File is null ? "" : $"  ({group.Key.File})");
            foreach (var problem in group)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {Severity(problem.Severity, color)} {problem.Rule}: {problem.Message}");
                if (problem.Witness is not null)
                    text.AppendLine("          " + problem.Witness);
                foreach (var line in problem.Sql.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    text.AppendLine("          " + Dim(line, color));
            }
        }
        if (outcome.Problems.Count > 0)
            text.AppendLine();
        foreach (var (problem, reason) in outcome.Suppressed.Where(_ => !quiet))
            text.AppendLine(Dim($"left out: {problem.Rule} {problem.Object}: {reason}", color));
        foreach (var note in outcome.Notes.Where(_ => !quiet))
            text.AppendLine(Dim(note, color));
        text.AppendLine(CultureInfo.InvariantCulture, $"{Counts(outcome)}; {outcome.Scope}, PostgreSQL {outcome.ServerVersion}");
        return text.ToString();
    }

    private static string Counts(Outcome outcome)
    {
        if (outcome.Problems.Count == 0)
            return outcome.IsComplete ? "clean" : "no findings, but not everything was judged";
        var counts = Enum.GetValues<AuditSeverity>().Reverse()
            .Select(severity => (severity, Count: outcome.Problems.Count(problem => problem.Severity == severity)));
        return string.Join(", ", counts.Where(item => item.Count > 0)
            .Select(item => $"{item.Count} {Name(item.severity)}{(item.Count > 1 && item.severity != AuditSeverity.Info ? "s" : "")}"));
    }

    private static string Name(AuditSeverity severity) => severity.ToString().ToLowerInvariant();

    private static string Severity(AuditSeverity severity, bool color) =>
        Paint(Name(severity).PadRight(7), severity switch { AuditSeverity.Error => "31", AuditSeverity.Warning => "33", _ => "36" }, color);

    private static string Bold(string text, bool color) => Paint(text, "1", color);

    private static string Dim(string text, bool color) => Paint(text, "2", color);

    /// <summary><see href="https://en.wikipedia.org/wiki/ANSI_escape_code#SGR"/></summary>
    private static string Paint(string text, string code, bool color) => color ? $"\e[{code}m{text}\e[0m" : text;
}
