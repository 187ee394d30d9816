using System.CommandLine;
using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Cli.Output;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class FixCommand
{
    private const string Examples = """
          sme-data fix --all
          sme-data fix migrations/ > migrations/0042_fixes.sql
          sme-data fix migrations/ --before roles.sql --connection "Host=localhost;Database=app;Username=postgres" --apply
          sme-data fix --proof-database "Host=localhost;Database=app_copy;Username=postgres" > fix.sql
          sme-data fix --proof-database "Host=localhost;Database=app_copy;Username=postgres" --apply
        """;

    private static readonly ConnectionOption Connection = new();
    private static readonly SchemaFlags Schema = new();
    private static readonly MigrationFlags Migrations = new(isFolderRequired: false);

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
            "Prints the SQL that mends what the audit finds. With a folder of migrations, or a proof database, each fix is tried there, with rows of two\n"
            + "tenants in every table. A folder is applied to a PostgreSQL that the tool starts and throws away; without a connection its own schema is\n"
            + "mended.\n"
            + "A fix is proved when this holds: "
            + "no foreign row more, every own row still there, and whatever worked and was legitimate still works.\n"
            + "What was not shown is unproved, and --apply leaves it out.",
            Examples, RunAsync)
        { Connection, ProofDatabase, ProveInPlace, Apply, All };
        Migrations.AddTo(command);
        Schema.AddTo(command);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = Migrations.Folder(parsed);
        if (folder is null && Migrations.AreGiven(parsed))
            throw new ToolFailureException("--with-tenant-schema, --prelude, --before and --database-name are about a folder of migrations. Name the folder.");
        if (folder is not null && (parsed.GetValue(ProveInPlace) || parsed.GetValue(ProofDatabase) is not null))
            throw new ToolFailureException("The folder is where the fixes are proved: leave out --proof-database and --prove-in-place, or the folder.");
        var options = Schema.Read(parsed);
        var target = folder is null ? Connection.Resolve(parsed) : Connection.TryResolve(parsed);
        if (target is null && parsed.GetValue(Apply))
            throw new ToolFailureException("--apply takes a database to apply the fixes to: give --connection.");
        using var progress = new Progress("auditing");
        var (report, findings, proof) = folder is null ? await ProveAsync(parsed, target!, options, progress, cancellationToken)
            : await ProveInFolderAsync(parsed, folder, target, options, progress, cancellationToken);
        if (!parsed.GetValue(Apply))
        {
            FixScript.Print(report, findings, proof, parsed.GetValue(All), isMigration: target is null);
            return findings.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
        }

        await ApplyAsync(target!, proof!.Proved, cancellationToken);
        report = await new SchemaAudit(target!, options).RunAsync(cancellationToken);
        Console.WriteLine($"{proof.Proved.Count} fixes applied, {proof.Unproved.Count} unproved and left out, {report.Findings.Count} findings left");
        foreach (var fix in proof.Unproved)
            Console.WriteLine($"  unproved: {string.Join(", ", fix.Fix.Findings.Select(finding => $"{finding.RuleId} {finding.ObjectName}"))}: {fix.Reason}");
        foreach (var finding in report.Findings)
            Console.WriteLine($"  {finding.RuleId} {finding.ObjectName}: {finding.Message}");
        return report.Findings.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
    }

    private static async Task<(AuditReport, IReadOnlyList<AuditFinding>, FixProofReport?)> ProveAsync(ParseResult parsed, string target,
        SchemaAuditOptions options, Progress progress, CancellationToken cancellationToken)
    {
        var proofDatabase = await ProofDatabaseAsync(parsed, target, cancellationToken);
        if (parsed.GetValue(Apply) && proofDatabase is null)
            throw new ToolFailureException("Nothing was changed: --apply takes fixes that were proved. Name the folder of the migrations, or a copy of the "
                + "schema with --proof-database, or say --prove-in-place.");
        var report = await new SchemaAudit(target, options).RunAsync(cancellationToken);
        return (report, report.Findings, proofDatabase is null ? null
            : await new FixProof(proofDatabase, Schema.ReadForProbe(parsed, options)).RunAsync(report, progress, cancellationToken));
    }

    /// <summary>On a server of its own, as lint does.</summary>
    private static async Task<(AuditReport, IReadOnlyList<AuditFinding>, FixProofReport?)> ProveInFolderAsync(ParseResult parsed, string folder,
        string? target, SchemaAuditOptions options, Progress progress, CancellationToken cancellationToken)
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: cancellationToken);
        if (server.Kind == PostgresServerKind.ConnectionString)
            throw new ToolFailureException("SME_DATA_POSTGRES names a server in use, and a proof commits the migrations: unset it, so that the tool starts a "
                + "server of its own.");
        var lint = new MigrationLintOptions
        {
            Audit = options,
            Prelude = Migrations.Prelude(parsed),
            DatabaseName = Migrations.DatabaseName(parsed) ?? NameOf(target),
            DisposableServer = true,
        };
        var proof = await new MigrationFixProof(server.ConnectionString, lint, Schema.ReadForProbe(parsed, options))
            .RunAsync(folder, target is null ? null : new SchemaAudit(target, options), progress, cancellationToken);
        return (proof.Audit, proof.Findings, proof.Proof);
    }

    /// <summary>The proof's database has the name of the audited one, which a fix may mention.</summary>
    private static string? NameOf(string? target) =>
        target is not null && new NpgsqlConnectionStringBuilder(target).Database is { Length: > 0 } name and not ("postgres" or "template0" or "template1")
            ? name : null;

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
