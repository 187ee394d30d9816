using System.CommandLine;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class SnapshotCommand
{
    private const string Examples = """
          sme-data snapshot --connection "Host=localhost;Database=app;Username=postgres" > rls.json
          sme-data snapshot --tenant-column tenant_id --tenant-setting app.tenant --app-login web --output rls.json
        """;

    private static readonly ConnectionOption Connection = new();
    private static readonly SchemaFlags Schema = new();
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "A file to write to, instead of standard output." };

    internal static Command Create()
    {
        var command = new ToolCommand("snapshot",
            "Writes down who may see which rows: policies, privileges, roles, functions and the audit's verdicts on them, as a JSON file to commit. Changes\n"
            + "nothing. sme-data diff compares it with a database.", Examples, RunAsync)
        { Connection, Output };
        Schema.AddTo(command);
        return command;
    }

    internal static async Task<SchemaSnapshot> ReadAsync(string connectionString, SchemaAuditOptions options, CancellationToken cancellationToken)
    {
        using var progress = new Progress("reading the catalog");
        try
        {
            return await SchemaSnapshot.ReadAsync(new SchemaAudit(connectionString, options), cancellationToken);
        }
        catch (SchemaSnapshotException fault)
        {
            throw new ToolFailureException($"{fault.Message} See --tenant-column, --tenant-setting and --schema.");
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var snapshot = await ReadAsync(Connection.Resolve(parsed), Schema.Read(parsed), cancellationToken);
        if (parsed.GetValue(Output) is { } file)
            await File.WriteAllTextAsync(file, snapshot.ToJson(), cancellationToken);
        else
            Console.Out.Write(snapshot.ToJson());
        foreach (var item in snapshot.Incomplete)
            Console.Error.WriteLine($"sme-data: the snapshot is incomplete: {item}");
        return snapshot.Incomplete.Count > 0 ? ExitCode.CouldNotRun : ExitCode.Clean;
    }
}
