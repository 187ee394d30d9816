using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>docs/existing-tables.md from a schema without organizations to a proof of isolation, and back, with its own statements.</summary>
public sealed class ExistingTablesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const int Before = 2500;
    private const string CountOrders = "SELECT count(*) FROM public.orders";
    private static readonly Page Guide = new(Page.ExistingTables);

    [Fact]
    public async Task The_steps_lead_to_isolation_while_the_old_version_writes_and_back_again()
    {
        var database = await fixture.Server.CreateEmptyDatabaseAsync(TestContext.Current.CancellationToken);
        await using var superuser = new NpgsqlConnection(database);
        await superuser.OpenAsync(TestContext.Current.CancellationToken);
        await using var old = await OldVersion.InstallAsync(database);
        await using var app = new NpgsqlDataSourceBuilder(WithDatabase(fixture.Database.AppConnectionString, database)).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(app);

        old.Start();
        await superuser.RunUnitsAsync(Guide.Blocks("sql")[0]);
        await new SchemaMigrator(database).MigrateAsync(TestContext.Current.CancellationToken);
        for (var step = 1; step <= 6; step++)
        {
            await RunAsync(superuser, $"{step}. ");
            await old.WorksAsync();
        }

        // Step 7: both versions side by side, and the new one is isolated at once.
        var organizations = await superuser.ReadAsync("SELECT org_id FROM public.accounts ORDER BY id");
        var session = factory.CreateSession(TenantContext.ForOrganization(Guid.Parse(organizations[0])));
        await session.ExecuteAsync("INSERT INTO public.orders (customer_id) SELECT min(id) FROM public.customers");
        (await session.QueryAsync<Guid>("SELECT DISTINCT org_id FROM public.orders")).Should().Equal(Guid.Parse(organizations[0]));
        await old.WorksAsync();
        await old.StopAsync();

        await RunAsync(superuser, "8. ");
        await RunAsync(superuser, "9. ");
        await session.ExecuteAsync("INSERT INTO public.orders (customer_id) SELECT min(id) FROM public.customers");
        await FluentActions.Awaiting(old.WriteOneAsync).Should().ThrowAsync<PostgresException>()
            .Where(fault => fault.SqlState == PostgresErrorCodes.InsufficientPrivilege);
        await NothingIsLostAsync(superuser, old, newOrders: 2);

        // Step 10
        var report = await new SchemaAudit(database).RunAsync(TestContext.Current.CancellationToken);
        report.Findings.Where(finding => finding.Severity >= AuditSeverity.Warning).Should().BeEmpty();
        await new SchemaMigrator(database, new() { Guard = true }).MigrateAsync(TestContext.Current.CancellationToken);
        await TenantIsolation.AssertAsync(database, cancellationToken: TestContext.Current.CancellationToken);

        await RunAsync(superuser, "Back out");
        await superuser.RunUnitsAsync(Guide.Blocks("sql", "2. ")[^1]);
        old.Start();
        await old.WorksAsync();
        await old.StopAsync();
        await NothingIsLostAsync(superuser, old, newOrders: 2);
        await FluentActions.Awaiting(() => session.ExecuteScalarAsync<long>(CountOrders))
            .Should().ThrowAsync<TenantAccessDeniedException>("the tables belong to the old version again");
    }

    [Fact]
    public void The_page_has_no_sql_outside_of_the_steps_that_are_run()
    {
        var run = Enumerable.Range(1, 10).Select(step => $"{step}. ").Append("Back out").Sum(section => Guide.Blocks("sql", section).Count);
        Guide.Blocks("sql").Should().HaveCount(run + 1, "the first block is before the steps");
    }

    private static async Task RunAsync(NpgsqlConnection superuser, string section)
    {
        foreach (var block in Guide.Blocks("sql", section))
            await superuser.RunUnitsAsync(block);
    }

    private static async Task NothingIsLostAsync(NpgsqlConnection superuser, OldVersion old, int newOrders)
    {
        (await superuser.ScalarAsync<long>(CountOrders)).Should().Be(Before + old.Orders + newOrders);
        (await superuser.ScalarAsync<long>("SELECT count(*) FROM public.order_lines")).Should().Be(2 * Before + old.Orders);
        (await superuser.ScalarAsync<long>(
            """
            SELECT count(*) FROM public.order_lines l JOIN public.orders o ON o.id = l.order_id JOIN public.customers c ON c.id = o.customer_id JOIN
                public.accounts a ON a.id = c.account_id
            WHERE a.org_id = ALL (ARRAY[c.org_id, o.org_id, l.org_id])
            """)).Should().Be(2 * Before + old.Orders, "every row has the organization of its account");
    }

    private static string WithDatabase(string connectionString, string other) =>
        connectionString.WithDatabaseOf(other);
}
