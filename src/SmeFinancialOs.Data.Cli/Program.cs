using System.CommandLine;
using System.Text;
using SmeFinancialOs.Data.Cli.Commands;

namespace SmeFinancialOs.Data.Cli;

internal static class Program
{
    internal static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var parsed = CreateRoot().Parse(args);
        // The default for a bad command line is 1, which means findings here.
        var status = await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
        return parsed.Errors.Count > 0 && status != 0 ? ExitCode.CouldNotRun : status;
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Keeps the tenants of a PostgreSQL database apart: finds what would let one see another's rows, and mends it.\n\n"
            + ExitCode.Help)
        {
            AuditCommand.Create(),
            LintCommand.Create(),
            ProbeCommand.Create(),
            SnapshotCommand.Create(),
            DiffCommand.Create(),
            MigrateCommand.Create(),
            SealCommand.Create(),
            ProtectCommand.Create(),
            FixCommand.Create(),
            ExplainCommand.Create(),
        };
        HelpWithExamples.AddTo(root);
        return root;
    }
}
