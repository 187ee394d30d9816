using System.CommandLine;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class LintCommand
{
    private const string Examples = """
          sme-data lint migrations/
          sme-data lint db/migrate --with-tenant-schema --format github
          sme-data lint prisma/migrations --tenant-column tenant_id --connection "Host=localhost;Username=postgres"
        """;

    internal static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "Where the SQL migrations are: plain, Flyway, goose, dbmate, golang-migrate, "
            + "Prisma, Supabase, sqitch and others."
        };
        var connection = new ConnectionOption();
        var withTenantSchema =
            new Option<bool>("--with-tenant-schema") { Description = "Run this library's own migrations first, so that yours may call app.protect_table." };
        var databaseName = new Option<string?>("--database-name") { Description = "The name of the throwaway database, for migrations that mention it." };
        var (schema, report) = (new SchemaFlags(), new ReportFlags());
        var command = new ToolCommand("lint",
            "Applies a folder of migrations to a throwaway database and audits the result; names the migration that brought each fault.\n"
            + "Without a connection it starts a PostgreSQL of its own. On a server that you name, all of it is one transaction that is rolled back.",
            Examples,
            async (parsed, cancellationToken) =>
            {
                using var progress = new Progress("starting a server");
                var given = connection.TryResolve(parsed);
                await using var server = given is null ? await PostgresServer.StartAsync(cancellationToken: cancellationToken) : null;
                var lint = new MigrationLint(given ?? server!.ConnectionString, new()
                {
                    Audit = schema.Read(parsed),
                    Prelude = parsed.GetValue(withTenantSchema) ? SchemaMigrator.Scripts : [],
                    DatabaseName = parsed.GetValue(databaseName),
                    DisposableServer = server is { Kind: not PostgresServerKind.ConnectionString },
                });
                var path = parsed.GetValue(folder)!;
                var result = await lint.RunAsync(path, progress, cancellationToken);
                return report.Report(parsed, new("lint",
                    [.. result.Findings.Select(finding => Problem.Of(finding.Finding, Path.Combine(path, finding.Migration).Replace('\\', '/')))],
                    [.. result.Suppressed.Select(suppressed => (Problem.Of(suppressed.Finding), suppressed.Reason))], result.ServerVersion,
                    $"migrations: {result.Applied.Count}" + (result.Skipped.Count > 0 ? $", left out: {result.Skipped.Count}" : "")));
            })
        { folder, connection, withTenantSchema, databaseName };
        schema.AddTo(command);
        report.AddTo(command);
        return command;
    }
}
