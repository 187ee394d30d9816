using System.CommandLine;
using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Cli.Output;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class FixCommand
{
    private const string Examples = """
          sme-data fix --all
          sme-data fix --proof-database "Host=localhost;Database=app_copy;Username=postgres" > fix.sql
          sme-data fix --proof-database "Host=localhost;Database=app_copy;Username=postgres" --apply
        """;

    private static readonly ConnectionOption Connection = new();
    private static readonly SchemaFlags Schema = new();

    private static readonly Option<string?> ProofDatabase = new("--proof-database")
    {
        Description = "A superuser's connection to a copy of the schema (pg_dump --schema-only), in which the fixes are tried. Rolled back.",
    };

    private static readonly Option<bool> ProveInPlace = new("--prove-in-place")
    {
        Description = "Try the fixes in the audited database itself. Rolled back; until then their locks stop whoever uses the tables.",
    };

    private static readonly Option<bool> Apply = new("--apply") { Description = "Apply the proved fixes, in one transaction, and audit again." };
    private static readonly Option<bool> All = new("--all") { Description = "Also print, as comments, the fixes that need a person." };

    internal static Command Create()
    {
        var command = new ToolCommand("fix",
            "Prints the SQL that mends what the audit finds. With a proof database each fix is tried there, with rows of two tenants in every table:\n"
            + "no foreign row more, every own row still there, and whatever worked and was legitimate still works.\n"
            + "What was not shown is unproved, and --apply leaves it out.",
            Examples, RunAsync)
        { Connection, ProofDatabase, ProveInPlace, Apply, All };
        Schema.AddTo(command);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (target, options) = (Connection.Resolve(parsed), Schema.Read(parsed));
        var proofDatabase = await ProofDatabaseAsync(parsed, target, cancellationToken);
        if (parsed.GetValue(Apply) && proofDatabase is null)
            throw new ToolFailureException("Nothing was changed: --apply takes fixes that were proved. Name a copy of the schema with --proof-database, "
                + "or say --prove-in-place.");
        using var progress = new Progress("auditing");
        var audit = new SchemaAudit(target, options);
        var report = await audit.RunAsync(cancellationToken);
        var proof = proofDatabase is null ? null
            : await new FixProof(proofDatabase, Schema.ReadForProbe(parsed, options)).RunAsync(report, progress, cancellationToken);
        if (!parsed.GetValue(Apply))
        {
            FixScript.Print(report, proof, parsed.GetValue(All));
            return report.Findings.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
        }

        await ApplyAsync(target, proof!.Proved, cancellationToken);
        report = await audit.RunAsync(cancellationToken);
        Console.WriteLine($"{proof.Proved.Count} fixes applied, {proof.Unproved.Count} unproved and left out, {report.Findings.Count} findings left");
        foreach (var fix in proof.Unproved)
            Console.WriteLine($"  unproved: {string.Join(", ", fix.Fix.Findings.Select(finding => $"{finding.RuleId} {finding.ObjectName}"))}: {fix.Reason}");
        foreach (var finding in report.Findings)
            Console.WriteLine($"  {finding.RuleId} {finding.ObjectName}: {finding.Message}");
        return report.Findings.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
    }

    /// <summary>Never the audited database by mistake: the fixes take its locks.</summary>
    private static async Task<string?> ProofDatabaseAsync(ParseResult parsed, string target, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(ProveInPlace))
            return target;
        if (parsed.GetValue(ProofDatabase) is not { } text)
            return null;
        var proof = ConnectionOption.Read(text);
        if (await IdentityAsync(proof, cancellationToken) == await IdentityAsync(target, cancellationToken))
            throw new ToolFailureException("--proof-database is the audited database. Name a copy of it, or say --prove-in-place if nobody uses it.");
        return proof;
    }

    private static async Task<string?> IdentityAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT concat_ws(' ', pg_postmaster_start_time(), current_database())", connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task ApplyAsync(string target, IReadOnlyList<SchemaFix> fixes, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(target);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var sql in fixes.Select(fix => fix.Sql).Prepend($"SET LOCAL lock_timeout = '10s'; {FixScript.SeeAllRows}"))
        {
            await using var fix = new NpgsqlCommand(sql, connection, transaction);
            try
            {
                await fix.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException fault)
            {
                throw new ToolFailureException($"Nothing was changed: a fix failed. {fault.MessageText} ({fault.SqlState})\n{sql}");
            }
        }
        await transaction.CommitAsync(cancellationToken);
    }
}
