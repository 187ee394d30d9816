namespace SmeFinancialOs.Data.Cli.Output;

/// <summary>For scripts. The names stay; formatVersion rises when one of them changes its meaning.</summary>
internal static class JsonOutput
{
    internal static string Write(Outcome outcome) => Json.Write(new
    {
        formatVersion = 1,
        command = outcome.Command,
        serverVersion = outcome.ServerVersion,
        scope = outcome.Scope,
        complete = outcome.IsComplete,
        notes = outcome.Notes.Count > 0 ? outcome.Notes : null,
        findings = outcome.Problems.Select(Of),
        suppressed = outcome.Suppressed.Select(item => new { finding = Of(item.Problem), reason = item.Reason }),
    });

    private static object Of(Problem problem) => new
    {
        rule = problem.Rule,
        severity = problem.Severity.ToString().ToLowerInvariant(),
        @object = problem.Object,
        message = problem.Message,
        witness = problem.Witness,
        fix = problem.Fix,
        safe = problem.IsFixSafe,
        statement = problem.Statement,
        fingerprint = problem.Fingerprint,
        file = problem.File,
        line = problem.Line,
    };
}
