using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>A host's tables, protected as a host protects them, and a few organizations.</summary>
internal sealed class TortureDatabase(TenantDatabase database, IReadOnlyList<TenantContext> tenants)
{
    public const int Accounts = 4;

    /// <summary>The organization is not said: the column's default is the one in force.</summary>
    public const string Insert =
        "INSERT INTO entries (write_id, part, writer, account, amount) SELECT @id, p.part, @organization, p.account, p.amount FROM unnest(@accounts, @amounts) "
            + "WITH ORDINALITY AS p (account, amount, part)";

    public const string UpdateBalances = """
        UPDATE accounts SET balance = balance + p.amount
        FROM (SELECT account, sum(amount) AS amount FROM unnest(@accounts, @amounts) AS p (account, amount) GROUP BY account) AS p WHERE id = p.account
        """;

    private const string Tables = """
        CREATE TABLE public.entries (
            org_id uuid NOT NULL DEFAULT app.current_org_id(),
            write_id uuid NOT NULL,
            part int NOT NULL,
            writer uuid NOT NULL,
            account smallint NOT NULL,
            amount bigint NOT NULL,
            PRIMARY KEY (org_id, write_id, part));
        CREATE TABLE public.accounts (
            org_id uuid NOT NULL DEFAULT app.current_org_id(),
            id smallint NOT NULL,
            balance bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (org_id, id)) WITH (fillfactor = 50);
        ALTER TABLE public.entries OWNER TO app_owner;
        ALTER TABLE public.accounts OWNER TO app_owner;
        COMMENT ON COLUMN public.entries.org_id IS 'tenant column: without a foreign key, for the load';
        COMMENT ON COLUMN public.accounts.org_id IS 'tenant column: without a foreign key, for the load';
        SET ROLE app_owner;
        SELECT app.protect_table('public.entries'), app.protect_table('public.accounts');
        RESET ROLE;
        """;

    public TenantDatabase Database => database;

    public IReadOnlyList<TenantContext> Tenants => tenants;

    /// <summary>The one that everybody wants to write to at once.</summary>
    public TenantContext Hot => tenants[0];

    public TenantContext Any(Random random) => tenants[random.Next(tenants.Count)];

    public static async Task<TortureDatabase> CreateAsync(PostgresServer server, int tenantCount)
    {
        var database = await server.CreateTenantDatabaseAsync();
        await using var superuser = new NpgsqlConnection(database.SuperuserConnectionString);
        await superuser.OpenAsync();
        await superuser.RunAsync(Tables);
        var tenants = new List<TenantContext>();
        for (var i = 0; i < tenantCount; i++)
            tenants.Add((await database.CreateOrganizationAsync()).Context);
        foreach (var organization in tenants.Select(tenant => tenant.OrganizationId!.Value.ToGuid()).Append(TenantContext.DemoOrganizationId))
            await superuser.RunAsync($"INSERT INTO accounts (org_id, id) SELECT '{organization}', generate_series(0, {Accounts - 1})");
        // What visitors of the demo see: its rows have been written by itself.
        await superuser.RunAsync($"INSERT INTO entries SELECT '{TenantContext.DemoOrganizationId}', gen_random_uuid(), "
            + $"1, '{TenantContext.DemoOrganizationId}', 0, 0 FROM generate_series(1, 50)");
        return new TortureDatabase(database, tenants);
    }
}
