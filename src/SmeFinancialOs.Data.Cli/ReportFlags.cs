using System.CommandLine;
using SmeFinancialOs.Data.Cli.Output;

namespace SmeFinancialOs.Data.Cli;

/// <summary>How findings are shown, and which of them fail the build.</summary>
internal sealed class ReportFlags
{
    private readonly string[] _levels;
    private readonly Func<Problem, string> _levelOf;
    private readonly Option<string> _failOn;
    private readonly Option<string> _format = new("--format", "-f")
    {
        Description = "text, json, sarif (2.1.0), junit, or github (annotations).",
        DefaultValueFactory = _ => "text"
    };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "A file to write to, instead of standard output." };
    private readonly Option<string?> _writeBaseline = new("--write-baseline") { Description = "Write all findings to this file as known, and succeed." };
    private readonly Option<bool> _noColor = new("--no-color") { Description = "No colors; also with NO_COLOR set, and when the output is no terminal." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "No text where nothing was found." };

    internal ReportFlags()
        : this(["info", "warning", "error"], "warning", problem => problem.Severity.ToString().ToLowerInvariant())
    {
    }

    /// <param name="levels">What --fail-on takes besides never, from harmless to worst.</param>
    /// <param name="level">The one that is meant without --fail-on.</param>
    /// <param name="levelOf">Of a problem.</param>
    internal ReportFlags(string[] levels, string level, Func<Problem, string> levelOf)
    {
        (_levels, _levelOf) = (levels, levelOf);
        _failOn = new("--fail-on")
        {
            Description = $"The least of {string.Join(", ", levels)} that gives exit code 1; or never.",
            DefaultValueFactory = _ => level
        };
        _format.AcceptOnlyFromAmong("text", "json", "sarif", "junit", "github");
        _failOn.AcceptOnlyFromAmong([.. levels, "never"]);
    }

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_format, _output, _failOn, _writeBaseline, _noColor, _quiet])
            command.Options.Add(option);
    }

    internal int Report(ParseResult parsed, Outcome outcome)
    {
        if (parsed.GetValue(_writeBaseline) is { } baseline)
        {
            Baseline.Write(baseline, outcome.Problems);
            Console.WriteLine($"{outcome.Problems.Count} findings are known to {baseline} now.");
            return ExitCode.Clean;
        }

        var file = parsed.GetValue(_output);
        var text = parsed.GetValue(_format) switch
        {
            "json" => JsonOutput.Write(outcome),
            "sarif" => SarifOutput.Write(outcome),
            "junit" => JunitOutput.Write(outcome),
            "github" => GitHubOutput.Write(outcome),
            _ => TextOutput.Write(outcome, HasColor(parsed, file), parsed.GetValue(_quiet)),
        };
        if (file is not null)
            File.WriteAllText(file, text);
        else
            Console.Out.Write(text);
        return Fails(parsed, outcome) ? ExitCode.Findings : ExitCode.Clean;
    }

    private bool Fails(ParseResult parsed, Outcome outcome) =>
        Array.IndexOf(_levels, parsed.GetValue(_failOn)) is >= 0 and var least
        && outcome.Problems.Any(problem => Array.IndexOf(_levels, _levelOf(problem)) >= least);

    private bool HasColor(ParseResult parsed, string? file) =>
        file is null && !parsed.GetValue(_noColor) && !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
