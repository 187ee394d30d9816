using System.CommandLine;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class LintCommand
{
    private const string Examples = """
          sme-data lint migrations/
          sme-data lint db/migrate --with-tenant-schema --format github
          sme-data lint supabase/migrations --prelude supabase --before seed/extensions.sql --tenant-column org_id --app-login authenticated
          sme-data lint prisma/migrations --tenant-column tenant_id --connection "Host=localhost;Username=postgres"
        """;

    internal static Command Create()
    {
        var migrations = new MigrationFlags(isFolderRequired: true);
        var connection = new ConnectionOption();
        var disposable = new Option<bool>("--disposable-server")
        {
            Description = "The server of the connection is thrown away afterwards: migrations are committed, roles stay behind, and policies are evaluated."
        };
        var (schema, report) = (new SchemaFlags(), new ReportFlags());
        var command = new ToolCommand("lint",
            "Applies a folder of migrations to a throwaway database and audits the result; names the migration that brought each fault.\n"
            + "Without a connection it starts a PostgreSQL of its own, and evaluates the policies as audit does. On a server that you name, all of it is one\n"
            + "transaction that is rolled back, and policies are judged by their text alone, which is a finding; --disposable-server lifts that.\n"
            + "A statement that fails is told with file and line, and the next one runs; the exit code is 2 then.",
            Examples,
            async (parsed, cancellationToken) =>
            {
                using var progress = new Progress("starting a server");
                var given = connection.TryResolve(parsed);
                await using var server = given is null ? await PostgresServer.StartAsync(cancellationToken: cancellationToken) : null;
                if (parsed.GetValue(disposable) && given is null)
                    throw new ToolFailureException("--disposable-server is about the server of a connection; the lint's own always is. Give --connection too.");
                var lint = new MigrationLint(given ?? server!.ConnectionString, new()
                {
                    Audit = schema.Read(parsed),
                    Prelude = migrations.Prelude(parsed),
                    DatabaseName = migrations.DatabaseName(parsed),
                    DisposableServer = parsed.GetValue(disposable) || server is { Kind: not PostgresServerKind.ConnectionString },
                });
                var path = migrations.Folder(parsed)!;
                var result = await lint.RunAsync(path, progress, cancellationToken);
                if (result.Audit.Hint is not null && result.Errors.Count == 0)
                    throw new ToolFailureException($"{result.Audit.Hint} See --tenant-column, --tenant-setting and --schema.");
                var exit = report.Report(parsed, OutcomeOf(result, migration => Path.Combine(path, migration).Replace('\\', '/')));
                return result.Errors.Count > 0 ? ExitCode.CouldNotRun : exit;
            })
        { connection, disposable };
        migrations.AddTo(command);
        schema.AddTo(command);
        report.AddTo(command);
        return command;
    }

    private static Outcome OutcomeOf(MigrationLintReport result, Func<string, string> fileOf)
    {
        var isEvaluated = result.NotEvaluated is null;
        string[] scope =
        [
            .. result.Errors.Count > 0 ? (string[])[$"statements that failed: {result.Errors.Count}, so the schema is incomplete, and what is said of it holds "
                + "for what was built"] : [],
            $"migrations: {result.Applied.Count}" + (result.Skipped.Count > 0 ? $", left out: {result.Skipped.Count}" : ""),
            AuditScope.Of(result.Audit, isEvaluated),
        ];
        return new("lint",
        [
            .. result.Errors.Select(error => Problem.Of(error, result.Applied.Contains(error.Migration) ? fileOf(error.Migration) : error.Migration)),
            .. result.Findings.Select(finding => Problem.Of(finding.Finding, fileOf(finding.Migration))),
            .. result.NotEvaluated is { } reason ? (Problem[])[Problem.NotEvaluated(reason)] : [],
        ],
        [.. result.Suppressed.Select(suppressed => (Problem.Of(suppressed.Finding), suppressed.Reason))], $"{result.ServerVersion}", string.Join("; ", scope),
        isEvaluated && result.Errors.Count == 0 && AuditScope.IsJudged(result.Audit))
        { Notes = [.. result.NotSql.Select(code => $"left out: {code}")] };
    }
}
