using System.Reflection;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Output;

/// <summary>SARIF 2.1.0, which code scanning reads: <see href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"/></summary>
internal static class SarifOutput
{
    internal static string Write(Outcome outcome)
    {
        var rules = outcome.Problems.Concat(outcome.Suppressed.Select(item => item.Problem)).DistinctBy(problem => problem.Rule).ToList();
        return Json.Write(new Dictionary<string, object>
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new[]
            {
                new
                {
                    tool = new
                    {
                        driver = new
                        {
                            name = "sme-data",
                            semanticVersion = typeof(SarifOutput).Assembly
                                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
                            rules = rules.Select(Rule),
                        },
                    },
                    results = outcome.Problems.Select(problem => Result(problem, rules, null))
                        .Concat(outcome.Suppressed.Select(item => Result(item.Problem, rules, item.Reason))),
                    columnKind = "utf16CodeUnits",
                    properties = new { scope = outcome.Scope, complete = outcome.IsComplete, notes = outcome.Notes.Count > 0 ? outcome.Notes : null },
                },
            },
        });
    }

    private static object Rule(Problem problem) => new
    {
        id = problem.Rule,
        shortDescription = new { text = problem.Title },
        fullDescription = SchemaAudit.Rules.FirstOrDefault(rule => rule.Id == problem.Rule) is { } rule ? new { text = rule.Why } : null,
        helpUri = problem.Link,
        defaultConfiguration = new { level = Level(problem.Severity) },
    };

    private static object Result(Problem problem, List<Problem> rules, string? suppression) => new
    {
        ruleId = problem.Rule,
        ruleIndex = rules.FindIndex(rule => rule.Rule == problem.Rule),
        level = Level(problem.Severity),
        message = new
        {
            text = string.Join('\n', new[] { $"{problem.Object}: {problem.Message}", problem.Witness, problem.Sql }.Where(line => !string.IsNullOrEmpty(line))),
        },
        locations = new[]
        {
            new
            {
                physicalLocation = problem.File is null ? null
                    : new { artifactLocation = new { uri = Uri.EscapeDataString(problem.File).Replace("%2F", "/", StringComparison.Ordinal) },
                        region = new { startLine = problem.Line ?? 1 } },
                logicalLocations = new[] { new { fullyQualifiedName = problem.Object } },
            },
        },
        partialFingerprints = new Dictionary<string, string> { ["ruleAndObject/v1"] = problem.Fingerprint },
        properties = problem.IsFixSafe is { } safe ? new { safe } : null,
        suppressions = suppression is null ? null : new[] { new { kind = "external", justification = suppression } },
    };

    private static string Level(AuditSeverity severity) => severity switch { AuditSeverity.Error => "error", AuditSeverity.Warning => "warning", _ => "note" };
}
