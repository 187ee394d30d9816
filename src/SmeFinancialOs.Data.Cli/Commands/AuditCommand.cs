using System.CommandLine;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class AuditCommand
{
    private const string Examples = """
          sme-data audit --connection "Host=localhost;Database=app;Username=app_owner"
          sme-data audit --format sarif --output audit.sarif --fail-on error
          sme-data audit --tenant-column tenant_id --tenant-setting app.tenant --app-login web
        """;

    internal static Command Create()
    {
        var connection = new ConnectionOption();
        var (schema, report) = (new SchemaFlags(), new ReportFlags());
        var command = new ToolCommand("audit",
            "Reads the catalog of a database and says how one tenant could reach another's rows. Changes nothing; any login will do.", Examples,
            async (parsed, cancellationToken) =>
            {
                using var progress = new Progress("reading the catalog");
                var result = await new SchemaAudit(connection.Resolve(parsed), schema.Read(parsed)).RunAsync(cancellationToken);
                if (result.Hint is not null)
                    throw new ToolFailureException($"{result.Hint} See --tenant-column, --tenant-setting and --schema.");
                return report.Report(parsed, new("audit", [.. result.Findings.Select(finding => Problem.Of(finding))],
                    [.. result.Suppressed.Select(suppressed => (Problem.Of(suppressed.Finding), suppressed.Reason))], $"{result.ServerVersion}",
                    AuditScope.Of(result), AuditScope.IsJudged(result)));
            })
        { connection };
        schema.AddTo(command);
        report.AddTo(command);
        return command;
    }
}
