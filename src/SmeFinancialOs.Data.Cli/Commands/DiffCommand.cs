using System.CommandLine;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class DiffCommand
{
    private const string Examples = """
          sme-data diff rls.json --connection "Host=localhost;Database=app;Username=postgres"
          sme-data diff rls.json --fail-on breaking --format sarif --output drift.sarif
          sme-data diff old.json new.json
        """;

    private static readonly ConnectionOption Connection = new();
    private static readonly SchemaFlags Schema = new();
    private static readonly ReportFlags Flags = new(["safe", "review", "breaking", "dangerous"], "review", problem => problem.Rule["drift-".Length..]);

    private static readonly Argument<string[]> Files = new("files")
    {
        Description = "What sme-data snapshot wrote: one file, to compare with the database, or two, the older one first.",
        Arity = new(1, 2),
    };

    internal static Command Create()
    {
        var command = new ToolCommand("diff",
            "Says for each change of policies, privileges, roles and functions since a snapshot whether it is safe, needs review,\n"
            + "breaks what the app does, or is dangerous, by the verdicts of the audit before and after.", Examples, RunAsync)
        { Files, Connection };
        Schema.AddTo(command);
        Flags.AddTo(command);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var files = parsed.GetValue(Files)!;
        var before = Read(files[0]);
        var after = files is [_, var newer] ? Read(newer)
            : await SnapshotCommand.ReadAsync(Connection.Resolve(parsed), Schema.Read(parsed), cancellationToken);
        var drift = before.ChangesTo(after);
        var scope = $"{drift.Changes.Count} changes since {files[0]}; {after.TenantTableCount} tenant tables";
        return Flags.Report(parsed, new("diff", [.. drift.Changes.Select(Problem.Of)], [], $"{after.ServerMajorVersion}", scope, drift.IsComplete)
        { Notes = drift.Notes });
    }

    private static SchemaSnapshot Read(string file)
    {
        if (!File.Exists(file))
            throw new ToolFailureException($"There is no snapshot \"{file}\"; sme-data snapshot --output {file} writes one.");
        try
        {
            return File.ReadAllText(file) is var text && string.IsNullOrWhiteSpace(text) ? throw new SchemaSnapshotException("The snapshot is empty.")
                : SchemaSnapshot.Parse(text);
        }
        catch (SchemaSnapshotException fault)
        {
            throw new ToolFailureException($"{file}: {fault.Message}");
        }
    }
}
