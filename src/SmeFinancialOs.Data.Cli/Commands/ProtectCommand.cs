using System.CommandLine;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class ProtectCommand
{
    private const string Examples = """
          sme-data protect public.payments
          sme-data protect public.payments public.refunds --tenant-column tenant_id
        """;

    internal static Command Create()
    {
        var tables = new Argument<string[]>("table") { Description = "Tables, with their schema.", Arity = ArgumentArity.OneOrMore };
        var connection = new ConnectionOption();
        var column = new Option<string>("--tenant-column") { Description = "The column that says whose row it is.", DefaultValueFactory = _ => "org_id" };
        return new ToolCommand("protect",
            "Makes tables tenant-safe with app.protect_table, all or none: checks the column, forces row-level security, sets policies and grants.", Examples,
            async (parsed, cancellationToken) =>
            {
                using var progress = new Progress("protecting");
                var warnings = await new TableProtection(connection.Resolve(parsed)).ProtectAsync(parsed.GetValue(tables)!,
                    parsed.GetValue(column)!, cancellationToken);
                foreach (var warning in warnings)
                    Console.Error.WriteLine($"warning: {warning}");
                foreach (var table in parsed.GetValue(tables)!)
                    Console.WriteLine($"protected {table}");
                return ExitCode.Clean;
            })
        { tables, connection, column };
    }
}
