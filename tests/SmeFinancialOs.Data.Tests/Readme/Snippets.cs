using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of the README, between its markers, word for word: it compiles here and runs in <see cref="ReadmeTests"/>.</summary>
internal static class Snippets
{
    public static async Task<IReadOnlyList<(string Status, long Cents)>> QuickStartAsync(string superuserConnectionString, string appConnectionString)
    {
        // <snippet>
        // Deploy time, with the rights of the database's owner: roles, policies, tables.
        await new SchemaMigrator(superuserConnectionString).MigrateAsync();

        // Run time: app_user owns nothing and bypasses nothing, and the factory checks that.
        await using var dataSource = new NpgsqlDataSourceBuilder(appConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(dataSource);

        // One organization. Every call of its session is one round trip and a transaction of its own.
        var acme = TenantContext.ForOrganization(Guid.CreateVersion7());
        var session = factory.CreateSession(acme);
        await new OrganizationRepository(session).CreateAsync("Acme Ltd", "acme");
        await new InvoiceRepository(session).InsertAsync(new NewInvoice
        {
            Number = "2026-001",
            AmountCents = 120_000,
            CustomerName = "Globex",
            IssuedAt = new DateOnly(2026, 11, 22),
        });

        // Plain SQL, mapped by Dapper. No WHERE org_id, and still nobody else's rows.
        var totals = await session.QueryAsync<(string Status, long Cents)>("SELECT status, sum(amount_cents)::bigint FROM invoices GROUP BY status");

        // A column fills the member of its name, customer_name CustomerName. For a list write = ANY(@numbers), not IN.
        var bills = await session.QueryAsync<NewInvoice>(
            "SELECT id, number, amount_cents, customer_name, status, issued_at FROM invoices WHERE number = ANY(@numbers)",
            new { numbers = new[] { "2026-001", "2026-002" } });

        // Many rows, into any table: all of them or none. COPY FROM is refused under row-level security.
        await session.InsertManyAsync("public.invoices", bills.Select(bill => new { Number = $"{bill.Number}-copy", bill.AmountCents, bill.IssuedAt }));

        // Several statements that stand or fall together. Without CommitAsync they are rolled back.
        await using var work = await factory.OpenConnectionAsync(acme);
        await work.Connection.ExecuteAsync("UPDATE invoices SET status = 'paid' WHERE number = @number", new { number = "2026-001" }, work.Transaction);
        await work.CommitAsync();
        // </snippet>
        return totals;
    }

    public static async Task<int> AmbientAsync(TenantConnectionFactory factory, Guid organizationId)
    {
        // <snippet>
        var page = await AmbientTenantContext.RunAsync(TenantContext.ForOrganization(organizationId), () =>
            new InvoiceRepository(factory.CreateSession()).ListAsync(pageSize: 50));
        // </snippet>
        return page.Items.Count;
    }

    public static async Task<decimal> BatchAsync(ITenantSession session, Guid customerInvoiceId)
    {
        // <snippet>
        var batch = session.CreateBatch();
        var paid = batch.AddExecute("UPDATE invoices SET status = 'paid' WHERE id = @id", new { id = customerInvoiceId });
        var open = batch.AddExecuteScalar<long>("SELECT count(*) FROM invoices WHERE status <> 'paid'");
        var newest = batch.AddQuery<Guid>("SELECT id FROM invoices ORDER BY issued_at DESC, id LIMIT 50");
        await batch.ExecuteAsync();
        Console.WriteLine($"{paid.Value} paid, {open.Value} open, {newest.Value.Count} shown");

        var total = 0m;
        await foreach (var cents in session.QueryUnbufferedAsync<long>("SELECT amount_cents FROM invoices"))
            total += cents / 100m;
        // </snippet>
        return total;
    }

    public static async Task<int> AdminAsync(NpgsqlDataSource dataSource, string adminConnectionString)
    {
        // <snippet>
        await using var adminDataSource = new NpgsqlDataSourceBuilder(adminConnectionString).UseTenantDefaults().Build();
        var adminFactory = new TenantConnectionFactory(dataSource, new TenantConnectionOptions
        {
            AdminDataSource = adminDataSource,
            StatementTimeout = TimeSpan.FromSeconds(30),
            LockTimeout = TimeSpan.FromSeconds(5),
        });
        var admin = adminFactory.CreateSession(TenantContext.ForAdmin(actor: "alice@example.com", reason: "ticket 4711"));
        var perOrganization = await new InvoiceRepository(admin).GetTotalsByOrganizationAsync();
        // </snippet>
        return perOrganization.Count;
    }

    public static void Register(IServiceCollection services, string appConnectionString, string adminConnectionString)
    {
        // <snippet>
        services.AddTenantData(appConnectionString, options =>
        {
            options.AdminConnectionString = adminConnectionString;
            options.StatementTimeout = TimeSpan.FromSeconds(30);
        });
        services.AddInvoicing();
        // </snippet>
    }

    public static async Task ProveIsolationAsync(string superuserConnectionString)
    {
        // <snippet>
        await TenantIsolation.AssertAsync(superuserConnectionString);
        // </snippet>
    }
}
