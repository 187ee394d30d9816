using System.Xml.Linq;

namespace SmeFinancialOs.Data.Cli.Output;

/// <summary>JUnit's XML as build servers read it: one test case for each finding, all of them failed, or one that passed.</summary>
internal static class JunitOutput
{
    internal static string Write(Outcome outcome)
    {
        var cases = outcome.Problems.Select(problem => Case(problem, new XElement("failure",
                new XAttribute("type", problem.Severity.ToString().ToLowerInvariant()), new XAttribute("message", Clean(problem.Message)),
                Clean(string.Join('\n', Lines(problem))))))
            .Concat(outcome.Suppressed.Select(item => Case(item.Problem, new XElement("skipped", new XAttribute("message", Clean(item.Reason))))))
            .DefaultIfEmpty(new XElement("testcase", new XAttribute("classname", "sme-data"), new XAttribute("name", $"{outcome.Command}: {outcome.Scope}")))
            .ToList();
        var suite = new XElement("testsuite", new XAttribute("name", $"sme-data {outcome.Command}"), new XAttribute("tests", cases.Count),
            new XAttribute("failures", outcome.Problems.Count), new XAttribute("errors", 0), new XAttribute("skipped", outcome.Suppressed.Count),
            new XElement("properties", Property("scope", outcome.Scope), Property("complete", outcome.IsComplete ? "true" : "false"),
                outcome.Notes.Select(note => Property("note", note))), cases);
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + new XElement("testsuites", suite) + "\n";
    }

    private static XElement Property(string name, string value) => new("property", new XAttribute("name", name), new XAttribute("value", Clean(value)));

    private static XElement Case(Problem problem, XElement result) =>
        new("testcase", new XAttribute("classname", problem.Rule), new XAttribute("name", Clean(problem.Object)),
            problem.File is null ? null : new XAttribute("file", problem.File), result);

    private static IEnumerable<string> Lines(Problem problem)
    {
        if (problem.Witness is not null)
            yield return problem.Witness;
        if (problem.IsFixSafe is { } isSafe)
            yield return isSafe ? "-- a safe fix:" : "-- not safe without looking at it:";
        yield return problem.Sql;
    }

    /// <summary>Names may hold what XML may not.</summary>
    private static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value is < 0x20 and not (0x9 or 0xA or 0xD) or 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString()));
}
