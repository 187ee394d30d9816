using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>WithTimeout: how long one call may take.</summary>
public sealed class CallTimeoutTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    /// <summary>Both would end a call of two seconds: the driver's after one, the server's after a half.</summary>
    private readonly NpgsqlDataSource _source =
        new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1;Command Timeout=1").UseTenantDefaults().Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TenantConnectionFactory Factory => new(_source, new() { StatementTimeout = TimeSpan.FromMilliseconds(500) });

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    public static TheoryData<string, string> Calls
    {
        get
        {
            var calls = new TheoryData<string, string>();
            foreach (var session in (string[])["session", "transaction", "connection"])
            {
                foreach (var call in (string[])["query", "single", "scalar", "execute", "stream", "batch", "copy", "block", "join"])
                    calls.Add(session, call);
            }

            return calls;
        }
    }

    [PartTheory]
    [MemberData(nameof(Calls))]
    public async Task Timeout_ends_a_call_that_takes_longer(string session, string call)
    {
        var factory = new TenantConnectionFactory(_source);
        await using var made = await MakeAsync(factory, session);
        var refused = await FluentActions.Invoking(() => RunAsync(made.Session.WithTimeout(Short), call, seconds: 20)).Should().ThrowAsync<PostgresException>();
        refused.Which.SqlState.Should().Be(PostgresErrorCodes.QueryCanceled);
    }

    [PartTheory]
    [MemberData(nameof(Calls))]
    public async Task Timeout_of_a_call_may_be_longer_than_options_and_connection_string_allow(string session, string call)
    {
        // Npgsql has no timeout for the first bytes of one COPY.
        await using var patient = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        await using var made = await MakeAsync(call == "copy" ? new(patient, new() { StatementTimeout = TimeSpan.FromMilliseconds(500) }) : Factory, session);
        await RunAsync(made.Session.WithTimeout(Long), call, seconds: 2);
        await RunAsync(made.Session.WithTimeout(Timeout.InfiniteTimeSpan), call, seconds: 0);
        // Of that call alone.
        (await made.Session.ExecuteScalarAsync<string>("SHOW statement_timeout", cancellationToken: Token)).Should().Be("500ms");
    }

    [PartFact]
    public async Task What_the_host_has_set_in_a_unit_of_work_is_in_force_again_behind_the_call()
    {
        await using var work = await Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.Connection.ExecuteAsync("SET LOCAL statement_timeout = '7s'");
        (await work.WithTimeout(Long).ExecuteScalarAsync<string>("SHOW statement_timeout", cancellationToken: Token)).Should().Be("10min");
        (await work.ExecuteScalarAsync<string>("SHOW statement_timeout", cancellationToken: Token)).Should().Be("7s");
        await work.Transaction.SaveAsync("before", Token);
        await work.WithTimeout(Short).Invoking(timed => timed.ExecuteAsync("SELECT pg_sleep(20)", cancellationToken: Token))
            .Should().ThrowAsync<PostgresException>();
        await work.Transaction.RollbackAsync("before", Token);
        (await work.ExecuteScalarAsync<string>("SHOW statement_timeout", cancellationToken: Token)).Should().Be("7s");
    }

    [PartFact]
    public async Task Last_timeout_of_several_counts_and_the_context_stays()
    {
        var session = Factory.CreateSession(fixture.ContextA);
        var timed = session.WithTimeout(Short).WithTimeout(TimeSpan.FromSeconds(3));
        timed.Context.Should().Be(fixture.ContextA);
        (await timed.ExecuteScalarAsync<string>("SHOW statement_timeout", cancellationToken: Token)).Should().Be("3s");
        (await new InvoiceRepository(timed).ListAsync(10, cancellationToken: Token)).Items.Should().HaveCount(Seed.InvoicesEach);
        (await session.ExecuteScalarAsync<string>("SHOW statement_timeout", cancellationToken: Token)).Should().Be("500ms");
    }

    [PartFact]
    public async Task Timeout_of_a_call_costs_no_round_trip()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var source = new NpgsqlDataSourceBuilder(proxy.ConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var session = factory.CreateSession(fixture.ContextA);
        await session.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
        await using var work = factory.BeginTransaction(fixture.ContextA);
        foreach (var timed in (ITenantSession[])[session.WithTimeout(Long), work.WithTimeout(Long)])
        {
            var before = proxy.RoundTrips;
            for (var i = 0; i < 5; i++)
                await timed.QueryAsync<string>("SELECT number FROM invoices", cancellationToken: Token);
            (proxy.RoundTrips - before).Should().Be(5);
        }
    }

    [PartTheory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(0.5)]
    [InlineData(2147483648)]
    public void Timeout_outside_of_the_range_of_PostgreSQL_is_refused(double milliseconds) =>
        Factory.CreateSession(fixture.ContextA).Invoking(session => session.WithTimeout(TimeSpan.FromMilliseconds(milliseconds)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("A timeout is between 1 ms*");

    private async Task<Made> MakeAsync(TenantConnectionFactory factory, string session) => session switch
    {
        "session" => new(factory.CreateSession(fixture.ContextA), null),
        "transaction" => new(factory.BeginTransaction(fixture.ContextA), null),
        _ => await factory.OpenConnectionAsync(fixture.ContextA, Token) is var work ? new(work, work) : null!,
    };

    private static async Task RunAsync(ITenantSession session, string call, int seconds)
    {
        var sleep = $"SELECT coalesce(pg_sleep({seconds})::text, 'x') AS id, 'x' AS name";
        switch (call)
        {
            case "query":
                await session.QueryAsync<string>(sleep, cancellationToken: Token);
                break;
            case "single":
                await session.QuerySingleOrDefaultAsync<string>(sleep, cancellationToken: Token);
                break;
            case "scalar":
                await session.ExecuteScalarAsync<string>(sleep, cancellationToken: Token);
                break;
            case "execute":
                await session.ExecuteAsync(sleep, cancellationToken: Token);
                break;
            case "stream":
                await session.QueryUnbufferedAsync<string>(sleep, cancellationToken: Token).CountAsync(Token);
                break;
            case "batch":
                var batch = session.CreateBatch();
                batch.AddExecuteScalar<int>("SELECT 1");
                batch.AddExecuteScalar<string>(sleep);
                await batch.ExecuteAsync(Token);
                break;
            case "copy":
                await session.ExportAsync($"COPY ({sleep}) TO STDOUT", Stream.Null, Token);
                break;
            case "block":
                await session.ExecuteAsync($"DO $$ BEGIN PERFORM pg_sleep({seconds}); END $$", cancellationToken: Token);
                break;
            default:
                await session.QueryAsync<string, string, string>(sleep, (id, _) => id, splitOn: "name", cancellationToken: Token);
                break;
        }
    }

    private sealed record Made(ITenantSession Session, IAsyncDisposable? Owned) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Owned is not null)
                await Owned.DisposeAsync();
            if (Session is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }
    }
}
