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
                var problems = result.Breaches.Select(Problem.Of).Concat(result.KeyOracles.Select(Problem.Of))
                    .Concat(result.Skipped.Where(skipped => !skipped.IsAllowed).Select(Problem.Of))
                    .ToLookup(problem => known.Contains(problem.Fingerprint));
                return report.Report(parsed, new("probe", [.. problems[false]],
                    [.. problems[true].Select(problem => (problem, "known to the baseline")),
                        .. result.Skipped.Where(skipped => skipped.IsAllowed).Select(skipped => (Problem.Of(skipped), skipped.Reason))],
                    $"{result.ServerVersion}", Scope(result), result.Skipped.All(skipped => skipped.IsAllowed))
                { Notes = [.. Notes(result)] });
            })
        { connection };
        schema.AddTo(command);
        report.AddTo(command);
        return command;
    }

    private static string Scope(IsolationReport report) => $"{report.AttackCount} attacks on {report.Probed.Count} objects as "
        + $"{string.Join(", ", report.Roles)}; {report.HeldCount} held, {report.NotMade.Sum(attack => attack.Count)} could not be made";

    private static IEnumerable<string> Notes(IsolationReport report) => report.NotMade.Select(attack =>
        $"not made: {attack.ObjectName} as {attack.Role}: {string.Join(", ", attack.Attacks)} ({attack.Count}): {attack.Reason}")
        .Concat(report.Probed.Select(probed => $"probed: {probed.ObjectName}: {probed.AttackCount} attacks, "
            + (probed.SeenBy.Count > 0 ? $"own row seen as {string.Join(", ", probed.SeenBy)}" : "no control applies")));
}
