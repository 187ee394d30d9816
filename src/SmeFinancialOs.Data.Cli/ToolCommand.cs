using System.CommandLine;
using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Cli;

/// <summary>A command whose failures are one line on standard error and exit code 2. Messages of the server and of Npgsql hold no password.</summary>
internal sealed class ToolCommand : Command
{
    internal ToolCommand(string name, string description, string examples, Func<ParseResult, CancellationToken, Task<int>> run)
        : base(name, description)
    {
        Examples = examples;
        SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await run(parsed, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return Fail("cancelled");
            }
            catch (Exception fault) when (fault is ToolFailureException or SchemaMigrationException or AuditConnectionException or MigrationLintException
                or IsolationProbeException or TenantSchemaException or FixProofException or SchemaSnapshotException or NpgsqlException
                or PostgresServerUnavailableException or NotSupportedException or ArgumentException or IOException or UnauthorizedAccessException)
            {
                return Fail(fault.Message);
            }
        });
    }

    /// <summary>Shown with the command's own help.</summary>
    internal string Examples { get; }

    private static int Fail(string message)
    {
        Console.Error.WriteLine("sme-data: " + message);
        return ExitCode.CouldNotRun;
    }
}
