using System.CommandLine;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class ProtectCommand
{
    private const string Examples = """
          sme-data protect public.payments
          sme-data protect public.payments public.refunds --tenant-column tenant_id
          sme-data protect public.order_notes --through public.orders
          sme-data protect public.users --through public.memberships --columns id,name,email
          sme-data protect public.countries --shared
        """;

    internal static Command Create()
    {
        var tables = new Argument<string[]>("table") { Description = "Tables, with their schema.", Arity = ArgumentArity.OneOrMore };
        var connection = new ConnectionOption();
        var column = new Option<string>("--tenant-column") { Description = "The column that says whose row it is.", DefaultValueFactory = _ => "org_id" };
        var through = new Option<string?>("--through")
        {
            Description = "The protected table that the tables refer to, instead of a tenant column; for users, the memberships.",
        };
        var columns = new Option<string?>("--columns") { Description = "With --through, for users: what every tenant may read of its users, such as id,name." };
        var shared = new Option<bool>("--shared") { Description = "The rows are the same for all tenants: they read them, and write nothing." };
        return new ToolCommand("protect",
            "Makes tables tenant-safe, all or none: by a tenant column (app.protect_table), through a parent (app.protect_through) or as shared "
                + "(app.share_table).",
            Examples,
            async (parsed, cancellationToken) =>
            {
                RequireOneKind(parsed, [column, through, shared]);
                if (parsed.GetResult(columns) is not null && parsed.GetResult(through) is null)
                    throw new ToolFailureException("--columns is for tables of users, with --through and the table of memberships");
                using var progress = new Progress("protecting");
                var (names, protection) = (parsed.GetValue(tables)!, new TableProtection(connection.Resolve(parsed)));
                var warnings = await (parsed.GetValue(shared) ? protection.ShareAsync(names, cancellationToken)
                    : parsed.GetValue(through) is { } parent
                        ? protection.ProtectThroughAsync(names, parent, parsed.GetValue(columns)?.Split(',', StringSplitOptions.TrimEntries), cancellationToken)
                        : protection.ProtectAsync(names, parsed.GetValue(column)!, cancellationToken));
                foreach (var warning in warnings)
                    Console.Error.WriteLine($"warning: {warning}");
                foreach (var table in names)
                    Console.WriteLine($"{(parsed.GetValue(shared) ? "shared" : "protected")} {table}");
                return ExitCode.Clean;
            })
        { tables, connection, column, through, columns, shared };
    }

    private static void RequireOneKind(ParseResult parsed, Option[] kinds)
    {
        var given = kinds.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
        if (given.Count > 1)
            throw new ToolFailureException($"{string.Join(" and ", given)} exclude each other: a table has a tenant column, a parent, or is shared");
    }
}
