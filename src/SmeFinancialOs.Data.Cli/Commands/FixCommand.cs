using System.CommandLine;
using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class FixCommand
{
    private const int MostRounds = 5;

    private const string Examples = """
          sme-data fix > fix.sql
          sme-data fix --all
          sme-data fix --apply --connection "Host=localhost;Database=app;Username=postgres"
        """;

    internal static Command Create()
    {
        var connection = new ConnectionOption();
        var schema = new SchemaFlags();
        var apply = new Option<bool>("--apply") { Description = "Apply the safe fixes, in one transaction, and audit again." };
        var all = new Option<bool>("--all") { Description = "Also print, as comments, the fixes that need a person." };
        var command = new ToolCommand("fix",
            "Prints the SQL that mends what the audit finds: the safe fixes, which are complete, change no row and take nothing from an app "
            + "that keeps to its own tenant.", Examples,
            async (parsed, cancellationToken) =>
            {
                var (target, options) = (connection.Resolve(parsed), schema.Read(parsed));
                using var progress = new Progress("auditing");
                var audit = new SchemaAudit(target, options);
                var report = await audit.RunAsync(cancellationToken);
                if (!parsed.GetValue(apply))
                {
                    Print(report, parsed.GetValue(all));
                    return report.Findings.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
                }

                // A fix can bring to light what was hidden behind it.
                var done = new HashSet<string>();
                for (var round = 0; round < MostRounds
                    && report.Findings.Where(finding => finding.IsFixSafe && done.Add(finding.Fix)).ToList() is { Count: > 0 } safe; round++)
                {
                    progress.Report("applying fixes");
                    await ApplyAsync(target, safe, cancellationToken);
                    report = await audit.RunAsync(cancellationToken);
                }

                Console.WriteLine($"{done.Count} fixes applied, {report.Findings.Count} findings left");
                foreach (var finding in report.Findings)
                    Console.WriteLine($"  {finding.RuleId} {finding.ObjectName}: {finding.Message}");
                return report.Findings.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
            })
        { connection, apply, all };
        schema.AddTo(command);
        return command;
    }

    private static void Print(AuditReport report, bool all)
    {
        Console.WriteLine($"-- {report.Findings.Count} findings; {report.Findings.Count(finding => finding.IsFixSafe)} with a safe fix");
        foreach (var finding in report.Findings.Where(finding => all || finding.IsFixSafe))
        {
            Console.WriteLine($"\n-- {finding.RuleId} {finding.ObjectName}: {finding.Message}");
            Console.WriteLine(finding.IsFixSafe ? finding.Fix : "-- " + finding.Fix.Replace("\n", "\n-- ", StringComparison.Ordinal));
        }
    }

    private static async Task ApplyAsync(string target, List<AuditFinding> findings, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(target);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var finding in findings)
        {
            await using var fix = new NpgsqlCommand(finding.Fix, connection, transaction);
            try
            {
                await fix.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException fault)
            {
                throw new ToolFailureException($"Nothing was changed: the fix for {finding.RuleId} {finding.ObjectName} failed. "
                    + $"{fault.MessageText}\n{finding.Fix}");
            }
        }
        await transaction.CommitAsync(cancellationToken);
    }
}
