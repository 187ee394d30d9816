using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>Counted on the wire, between this process and the server.</summary>
public sealed class RoundTripTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now())";

    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    public static TheoryData<string> ConnectionSettings => ["", ";Max Auto Prepare=20;Auto Prepare Min Usages=2", ";No Reset On Close=true"];

    [Theory]
    [MemberData(nameof(ConnectionSettings))]
    public async Task Session_call_is_one_round_trip_read_or_write(string settings)
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString + settings);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var factory = new TenantConnectionFactory(source, new() { StatementTimeout = TimeSpan.FromSeconds(30) });
        var session = factory.CreateSession(A);
        await session.ExecuteScalarAsync<int>("SELECT 1");

        for (var call = 0; call < 5; call++)
        {
            (await TripsAsync(proxy, () => session.QueryAsync<Guid>("SELECT id FROM invoices LIMIT @count", new { count = 50 }))).Should().Be(1);
            (await TripsAsync(proxy, () => session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices"))).Should().Be(1);
            (await TripsAsync(proxy, () => session.ExecuteAsync(Insert, new { number = Guid.NewGuid().ToString("N") }))).Should().Be(1);
            (await TripsAsync(proxy, () => session.ExecuteAsync("UPDATE invoices SET status = 'paid'; DELETE FROM invoices WHERE false"))).Should().Be(1);
            (await TripsAsync(proxy, () => new InvoiceRepository(session).GetTotalsByStatusAsync())).Should().Be(1);
            (await TripsAsync(proxy, () => new InvoiceRepository(session).ListAsync(2))).Should().Be(1);
            (await TripsAsync(proxy,
                () => session.ExecuteAsync(Insert, new[] { new { number = Guid.NewGuid().ToString("N") }, new { number = Guid.NewGuid().ToString("N") } })))
                .Should().Be(1);
            (await TripsAsync(proxy, async () => await session.QueryUnbufferedAsync<Guid>("SELECT id FROM invoices LIMIT 50").CountAsync())).Should().Be(1);
            (await TripsAsync(proxy, () =>
            {
                var batch = session.CreateBatch();
                batch.AddExecute(Insert, new { number = Guid.NewGuid().ToString("N") });
                batch.AddQuery<Guid>("SELECT id FROM invoices LIMIT 50");
                batch.AddExecuteScalar<long>("SELECT count(*) FROM invoices");
                return batch.ExecuteAsync();
            })).Should().Be(1);
        }
    }

    [Theory]
    [InlineData("/* a comment */ SELECT 1")]
    [InlineData("/* a /* nested */ comment */ SELECT 1")]
    [InlineData("-- a comment\nSELECT 1")]
    [InlineData("   \n\t SELECT 1")]
    [InlineData("SELECT 1;")]
    [InlineData("SELECT 1 -- the end")]
    [InlineData(";SELECT 1")]
    [InlineData(";;SELECT 1;;")]
    [InlineData("(SELECT 1)")]
    [InlineData("(SELECT 1) UNION (SELECT 2)")]
    [InlineData("((VALUES (1)))")]
    [InlineData("TABLE invoices")]
    [InlineData("TABLE ONLY invoices")]
    [InlineData("VALUES (1)")]
    [InlineData("SELECT ';'")]
    [InlineData("SELECT $$;$$, $q$ ; $q$")]
    [InlineData("SELECT E'\\';'")]
    [InlineData("SELECT 1 AS \"a;b\"")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("WITH x AS (SELECT 1) TABLE x")]
    [InlineData("WITH x AS (UPDATE invoices SET status = status RETURNING 1) SELECT count(*) FROM x")]
    [InlineData("UPDATE invoices SET status = status; SELECT 1")]
    [InlineData("MERGE INTO invoices i USING (VALUES ('none')) v (n) ON i.number = v.n WHEN MATCHED THEN DO NOTHING")]
    [InlineData("EXPLAIN SELECT 1")]
    [InlineData("EXPLAIN (ANALYZE, BUFFERS) TABLE invoices")]
    [InlineData("DO $$ BEGIN NULL; END $$")]
    [InlineData("DO LANGUAGE plpgsql 'BEGIN NULL; END'")]
    [InlineData("SET LOCAL work_mem = '4MB'; SELECT 1")]
    [InlineData("SET work_mem = '4MB'")]
    [InlineData("RESET work_mem")]
    [InlineData("SHOW work_mem")]
    [InlineData("SAVEPOINT s; SELECT 1; ROLLBACK TO s")]
    [InlineData("SAVEPOINT s; RELEASE s")]
    [InlineData("SELECT 1; LISTEN x")]
    [InlineData("NOTIFY x")]
    [InlineData("UNLISTEN *")]
    [InlineData("LOCK TABLE invoices IN ACCESS SHARE MODE")]
    [InlineData("DECLARE c CURSOR FOR SELECT 1; FETCH ALL FROM c; CLOSE c")]
    [InlineData("PREPARE p AS SELECT 1; EXECUTE p; DEALLOCATE p")]
    [InlineData("CALL public.does_nothing()")]
    [InlineData("SET CONSTRAINTS ALL DEFERRED")]
    [InlineData("DISCARD PLANS")]
    public async Task Text_of_any_kind_is_one_round_trip(string sql)
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await fixture.AsSuperuserAsync("CREATE OR REPLACE PROCEDURE public.does_nothing() LANGUAGE sql AS ''; "
            + "GRANT EXECUTE ON PROCEDURE public.does_nothing TO tenant_role");
        await using var source = new NpgsqlDataSourceBuilder(proxy.ConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var session = factory.CreateSession(A);
        await session.ExecuteScalarAsync<int>("SELECT 1");
        for (var call = 0; call < 5; call++)
            (await TripsAsync(proxy, () => session.ExecuteAsync(sql))).Should().Be(1);

        await using var work = factory.BeginTransaction(A);
        (await TripsAsync(proxy, () => work.ExecuteAsync(sql))).Should().Be(1);
        (await TripsAsync(proxy, () => work.CommitAsync())).Should().Be(1);
    }

    [Fact]
    public async Task Thousands_of_invoices_are_one_round_trip()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        // Half a megabyte is not sent at one go. Without the reset, which the server answers at once, it has nothing to say before it has read it all.
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString + ";No Reset On Close=true");
        var invoices = new InvoiceRepository(new TenantConnectionFactory(source).CreateSession(A));
        await invoices.GetTotalsByStatusAsync();
        var many = Enumerable.Range(0, 5000)
            .Select(_ => new NewInvoice { Number = Guid.NewGuid().ToString("N"), AmountCents = 1, CustomerName = "x", IssuedAt = new DateOnly(2026, 1, 1) })
            .ToArray();

        await invoices.InsertManyAsync([]);
        (await TripsAsync(proxy, () => invoices.InsertManyAsync(many))).Should().Be(1, "the table was looked at before");
    }

    [Fact]
    public async Task Unit_of_work_costs_one_round_trip_to_open_and_one_to_commit()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var factory = new TenantConnectionFactory(source);
        await factory.CreateSession(A).ExecuteScalarAsync<int>("SELECT 1");

        TenantConnection? work = null;
        (await TripsAsync(proxy, async () => work = await factory.OpenConnectionAsync(A))).Should().Be(1);
        (await TripsAsync(proxy, () => work!.ExecuteAsync(Insert, new { number = Guid.NewGuid().ToString("N") }))).Should().Be(1);
        (await TripsAsync(proxy, () => work!.CommitAsync())).Should().Be(1);
        (await TripsAsync(proxy, async () => await work!.DisposeAsync())).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(ConnectionSettings))]
    public async Task Transaction_without_a_raw_connection_opens_without_a_round_trip(string settings)
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString + settings);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var factory = new TenantConnectionFactory(source);
        await factory.CreateSession(A).ExecuteScalarAsync<int>("SELECT 1");

        for (var round = 0; round < 5; round++)
        {
            await using var transaction = factory.BeginTransaction(A);
            (await TripsAsync(proxy, () => transaction.ExecuteAsync(Insert, new { number = Guid.NewGuid().ToString("N") }))).Should().Be(1);
            (await TripsAsync(proxy, () => transaction.QueryAsync<Guid>("SELECT id FROM invoices LIMIT 50"))).Should().Be(1);
            (await TripsAsync(proxy, () => transaction.CommitAsync())).Should().Be(1);
        }
    }

    [Fact]
    public async Task Transaction_in_which_nothing_was_done_costs_no_round_trip()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        (await TripsAsync(proxy, async () =>
        {
            await using var transaction = new TenantConnectionFactory(source).BeginTransaction(A);
            await transaction.CommitAsync();
        })).Should().Be(0);
    }

    [Fact]
    public async Task Hand_written_pattern_is_three_round_trips()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await (await source.OpenConnectionAsync()).DisposeAsync();

        (await TripsAsync(proxy, async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("SELECT set_config('role', 'tenant_role', true), set_config('app.current_org_id', @id, true)",
                new { id = fixture.OrganizationA.ToString() });
            await connection.QueryAsync<Guid>("SELECT id FROM invoices LIMIT 50");
            await transaction.CommitAsync();
        })).Should().Be(3, "the counter must be able to count more than one");
    }

    private static async Task<int> TripsAsync(LoopbackProxy proxy, Func<Task> call)
    {
        var before = proxy.RoundTrips;
        await call();
        return proxy.RoundTrips - before;
    }
}
