using System.CommandLine;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class ExplainCommand
{
    private const string Examples = """
          sme-data explain
          sme-data explain table-without-rls
          sme-data explain --pages docs/rules
        """;

    internal static Command Create()
    {
        var rule = new Argument<string?>("rule") { Description = "The rule's name; all of them in a list without one.", Arity = ArgumentArity.ZeroOrOne };
        var pages = new Option<string?>("--pages") { Description = "Write a page per rule, and an index, into this folder." };
        return new ToolCommand("explain", "Says what a rule finds, why it matters, and where PostgreSQL's documentation says so.", Examples,
            (parsed, _) => Task.FromResult(
            parsed.GetValue(pages) is { } folder ? Write(folder) : parsed.GetValue(rule) is { } id ? Explain(id) : List()))
        { rule, pages };
    }

    private static int List()
    {
        foreach (var rule in SchemaAudit.Rules)
            Console.WriteLine($"{rule.Id,-34} {rule.Severity.ToString().ToLowerInvariant(),-8} {rule.Title}");
        return ExitCode.Clean;
    }

    private static int Explain(string id)
    {
        var rule = SchemaAudit.Rules.FirstOrDefault(rule => rule.Id == id)
            ?? throw new ToolFailureException($"There is no rule \"{id}\"; \"sme-data explain\" lists them.");
        Console.Write($"{rule.Id} ({rule.Severity.ToString().ToLowerInvariant()})\n{rule.Title}\n\n{rule.Why}\n\n{rule.Link}\n");
        return ExitCode.Clean;
    }

    private static int Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in RulePages.All())
            File.WriteAllText(Path.Combine(folder, name), text);
        return ExitCode.Clean;
    }
}
