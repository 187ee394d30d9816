using System.CommandLine;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class MigrateCommand
{
    private const string Examples = """
          sme-data migrate --connection "Host=localhost;Database=app;Username=postgres"
          sme-data migrate --without-invoicing
          sme-data migrate --tenant-type bigint
          sme-data migrate --guard
          sme-data migrate --guard --allow "public.countries=the same for every tenant"
          sme-data migrate --seal
          sme-data migrate --pending
        """;

    internal static Command Create()
    {
        var connection = new ConnectionOption();
        var withoutInvoicing =
            new Option<bool>("--without-invoicing") { Description = "Leave out the tables organizations and invoices: for tables of your own." };
        var tenantType = new Option<TenantIdType?>("--tenant-type")
        {
            Description = "The type of the ids of tenants, chosen once for each database: uuid (unless told otherwise), bigint or text. "
            + "Other types than uuid leave out the tables organizations and invoices."
        };
        var guard =
            new Option<bool>("--guard") { Description = "Turn the tenant guard on: refuse at commit whatever leaves a table unsafe. Takes a superuser." };
        var allowances = new GuardAllowanceFlags();
        var seal = new Option<bool>("--seal")
        {
            Description = "Seal the tenant context: refuse contexts that no host has signed. "
            + "Give the hosts a key first: sme-data seal add."
        };
        var pending = new Option<bool>("--pending") { Description = "Only say what would run; exit code 1 when something would." };
        var house = new SchemaRoles();
        var (owner, tenant, demo, admin) = (Role("--owner-role", house.Owner), Role("--tenant-role", house.Tenant), Role("--demo-role", house.Demo),
            Role("--admin-role", house.Admin));
        var (appLogin, adminLogin, sealer) = (Role("--app-login", house.AppLogin), Role("--admin-login", house.AdminLogin),
            Role("--sealer-role", house.Sealer));
        var (resolver, resolverOwner) = (Role("--resolver-role", house.Resolver), Role("--resolver-owner-role", house.ResolverOwner));
        return new ToolCommand("migrate", "Brings a database to the schema of this library: roles, tenant context, policies and tables.", Examples,
            async (parsed, cancellationToken) =>
        {
            var roles = new SchemaRoles
            {
                Owner = parsed.GetValue(owner)!,
                Tenant = parsed.GetValue(tenant)!,
                Demo = parsed.GetValue(demo)!,
                Admin = parsed.GetValue(admin)!,
                AppLogin = parsed.GetValue(appLogin)!,
                AdminLogin = parsed.GetValue(adminLogin)!,
                Sealer = parsed.GetValue(sealer)!,
                Resolver = parsed.GetValue(resolver)!,
                ResolverOwner = parsed.GetValue(resolverOwner)!,
            };
            var migrator = new SchemaMigrator(connection.Resolve(parsed), new()
            {
                Roles = roles,
                TenantType = parsed.GetValue(tenantType),
                Invoicing = !parsed.GetValue(withoutInvoicing),
                Guard = parsed.GetValue(guard),
                GuardAllowances = allowances.Read(parsed, parsed.GetValue(guard)),
                Seal = parsed.GetValue(seal),
            });
            using var progress = new Progress("migrating");
            if (parsed.GetValue(pending))
            {
                var scripts = await migrator.GetPendingScriptsAsync(cancellationToken);
                Print("would run", scripts);
                return scripts.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
            }

            var result = await migrator.MigrateAsync(cancellationToken);
            Print("applied", result.Applied);
            foreach (var table in result.UpdatedTables)
                Console.WriteLine($"updated {table}");
            foreach (var table in result.OutdatedTables)
                Console.Error.WriteLine($"{table}. Migrate again once the reason is gone.");
            return result.OutdatedTables.Count > 0 ? ExitCode.Findings : ExitCode.Clean;
        })
        {
            connection, tenantType, withoutInvoicing, guard, allowances.Allow, seal, pending, owner, tenant, demo, admin, appLogin, adminLogin, sealer,
            resolver, resolverOwner, allowances.Config,
        };
    }

    private static Option<string> Role(string option, string name) => new(option) { Description = "The name of this role.", DefaultValueFactory = _ => name };

    private static void Print(string what, IReadOnlyList<string> scripts)
    {
        foreach (var script in scripts)
            Console.WriteLine($"{what} {script}");
        if (scripts.Count == 0)
            Console.WriteLine("nothing to do");
    }
}
