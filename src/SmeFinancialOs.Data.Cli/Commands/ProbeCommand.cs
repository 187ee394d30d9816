using System.CommandLine;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class ProbeCommand
{
    private const string Examples = """
          sme-data probe --connection "Host=localhost;Database=app_test;Username=postgres"
          sme-data probe --tenant-column tenant_id --tenant-setting app.tenant --app-login web --format junit
        """;

    internal static Command Create()
    {
        var connection = new ConnectionOption();
        var (schema, report) = (new SchemaFlags(), new ReportFlags());
        var command = new ToolCommand("probe",
            "Attacks a database as one tenant would another: generates rows for two tenants in every table and tries, with the rights of the app's logins, "
            + "to reach the other's.\n"
            + "All in one transaction that is rolled back; only sequences advance. For a test database, as a superuser or as the app's own login.\n"
            + $"Where contexts are sealed, that login needs the key of a host, in {SchemaFlags.SealKeyVariable}.",
            Examples,
            async (parsed, cancellationToken) =>
            {
                using var progress = new Progress("generating rows");
                var (target, audit) = (connection.Resolve(parsed), schema.Read(parsed));
                var result = await new IsolationProbe(target, schema.ReadForProbe(parsed, audit)).RunAsync(progress, cancellationToken);
                var known = audit.Baseline;
                var problems = result.Breaches.Select(Problem.Of).Concat(result.Skipped.Where(skipped => !skipped.IsAllowed).Select(Problem.Of))
                    .ToLookup(problem => known.Contains(problem.Fingerprint));
                return report.Report(parsed, new("probe", [.. problems[false]],
                    [.. problems[true].Select(problem => (problem, "known to the baseline")),
                        .. result.Skipped.Where(skipped => skipped.IsAllowed).Select(skipped => (Problem.Of(skipped), skipped.Reason))],
                    result.ServerVersion, $"{result.AttackCount} attacks on {result.Probed.Count} objects"));
            })
        { connection };
        schema.AddTo(command);
        report.AddTo(command);
        return command;
    }
}
