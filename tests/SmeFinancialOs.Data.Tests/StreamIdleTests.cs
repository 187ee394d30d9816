using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Logs;
using SmeFinancialOs.Data.Tests.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>Streams that are read for a row and left alone: without an end they empty the pool, and no timeout of the server helps.</summary>
public sealed class StreamIdleTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncDisposable
{
    /// <summary>No buffer between here and the server takes it all.</summary>
    private const string Endless = "SELECT repeat('x', 1000 + 0 * generate_series(1, 1000000000))";

    private const int PoolSize = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ManualTime _time = new();

    private readonly NpgsqlDataSource _source =
        new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + $";Maximum Pool Size={PoolSize};Timeout=2").UseTenantDefaults().Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    [InlineData("connection")]
    public async Task Streams_that_are_left_alone_give_their_connections_back(string kind)
    {
        var factory = Factory(new());
        var streams = new List<IAsyncEnumerator<string>>();
        var owners = new List<IAsyncDisposable>();
        for (var i = 0; i < PoolSize; i++)
        {
            ITenantSession session = kind switch
            {
                "session" => factory.CreateSession(fixture.ContextA),
                "transaction" => factory.BeginTransaction(fixture.ContextA),
                _ => await factory.OpenConnectionAsync(fixture.ContextA, Token),
            };
            if (session is IAsyncDisposable owner)
                owners.Add(owner);
            streams.Add(session.QueryUnbufferedAsync<string>(Endless, cancellationToken: Token).GetAsyncEnumerator(Token));
            (await streams[i].MoveNextAsync()).Should().BeTrue();
        }

        var next = factory.CreateSession(fixture.ContextB);
        await next.Invoking(s => s.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token))
            .Should().ThrowAsync<DatabaseUnavailableException>("the pool is empty");
        _time.Advance(Limit);

        (await next.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token)).Should().Be(1);
        foreach (var stream in streams)
        {
            await stream.Invoking(s => s.MoveNextAsync().AsTask()).Should().ThrowAsync<StreamIdleTimeoutException>();
            await stream.DisposeAsync();
        }

        foreach (var owner in owners)
            await owner.DisposeAsync();
        for (var i = 0; i < 2 * PoolSize; i++)
            (await next.QueryAsync<string>("SELECT name FROM organizations", cancellationToken: Token)).Should().Equal("B");
    }

    [Fact]
    public async Task Without_the_timeout_idle_streams_keep_their_connections()
    {
        var factory = Factory(new() { StreamIdleTimeout = null });
        await using var stream = factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<string>(Endless, cancellationToken: Token)
            .GetAsyncEnumerator(Token);
        await stream.MoveNextAsync();
        _time.Advance(TimeSpan.FromDays(1));
        (await stream.MoveNextAsync()).Should().BeTrue();
        _time.Timers.Created.Should().Be(0);
    }

    [Fact]
    public async Task A_unit_of_work_ends_with_its_stream_and_says_so_at_each_call()
    {
        var factory = Factory(new());
        await using var work = await factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.ExecuteAsync("UPDATE invoices SET status = 'paid'", cancellationToken: Token);
        await using (var stream = work.QueryUnbufferedAsync<string>(Endless, cancellationToken: Token).GetAsyncEnumerator(Token))
        {
            await stream.MoveNextAsync();
            _time.Advance(Limit);
        }

        await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<StreamIdleTimeoutException>();
        await work.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<StreamIdleTimeoutException>();
        await work.Invoking(w => w.ExecuteAsync("SELECT 1", cancellationToken: Token)).Should().ThrowAsync<StreamIdleTimeoutException>();
        await work.Invoking(w => w.QueryUnbufferedAsync<int>("SELECT 1", cancellationToken: Token).ToListAsync(Token).AsTask())
            .Should().ThrowAsync<StreamIdleTimeoutException>();
        work.Invoking(w => w.Connection).Should().Throw<StreamIdleTimeoutException>();
        work.Invoking(w => w.Transaction).Should().Throw<StreamIdleTimeoutException>();
        await work.DisposeAsync();
        work.Invoking(w => w.Connection).Should().Throw<Exception>();
        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE status = 'paid'")).Should().Be(0);
    }

    [Fact]
    public async Task Stream_read_within_the_idle_timeout_is_not_ended()
    {
        await using var stream = Factory(new()).CreateSession(fixture.ContextA).QueryUnbufferedAsync<string>(Endless, cancellationToken: Token)
            .GetAsyncEnumerator(Token);
        for (var i = 0; i < 100; i++)
        {
            (await stream.MoveNextAsync()).Should().BeTrue();
            _time.Advance(Limit - TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task Slow_server_does_not_count_as_an_idle_reader()
    {
        var stream = Factory(new()).CreateSession(fixture.ContextA)
            .QueryUnbufferedAsync<int>("SELECT i FROM generate_series(1, 20000) i WHERE i < 19000 OR pg_sleep(0.001) IS NOT NULL", cancellationToken: Token);
        var rows = 0;
        await foreach (var _ in stream)
        {
            rows++;
            if (rows % 1000 == 0)
                _time.Advance(Limit - TimeSpan.FromTicks(1));
        }

        rows.Should().Be(20000);
        await using var waiting = Factory(new()).CreateSession(fixture.ContextA)
            .QueryUnbufferedAsync<int>("SELECT i FROM (SELECT generate_series(1, 20000) AS i OFFSET 0) s WHERE i < 19999 OR pg_sleep(1) IS NOT NULL",
                cancellationToken: Token).GetAsyncEnumerator(Token);
        var read = 0;
        while (await waiting.MoveNextAsync() is var hasRow && hasRow && ++read < 19_990)
        {
        }

        var last = Task.Run(async () =>
        {
            while (await waiting.MoveNextAsync())
                read++;
        });
        while (!last.IsCompleted)
        {
            // Within a read, or right behind one: either way the limit was not passed between two.
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1, Token);
        }

        await last;
        read.Should().Be(20000);
    }

    [Fact]
    public async Task Stream_disposed_while_its_idle_timeout_ends_it_leaves_a_clean_connection()
    {
        var factory = Factory(new());
        for (var round = 0; round < 50; round++)
        {
            var stream = factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<string>(Endless, cancellationToken: Token).GetAsyncEnumerator(Token);
            await stream.MoveNextAsync();
            var leaving = Task.Run(async () => await stream.DisposeAsync());
            _time.Advance(Limit);
            await leaving;
            (await factory.CreateSession(fixture.ContextB).QueryAsync<string>("SELECT name FROM organizations", cancellationToken: Token)).Should().Equal("B");
        }
    }

    [Fact]
    public async Task Read_while_the_idle_timeout_ends_a_stream_gives_a_row_or_its_exception()
    {
        var factory = Factory(new());
        var told = 0;
        for (var round = 0; round < 100; round++)
        {
            await using var stream = factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<string>(Endless, cancellationToken: Token)
                .GetAsyncEnumerator(Token);
            await stream.MoveNextAsync();
            var reading = Task.Run(async () => await stream.MoveNextAsync());
            _time.Advance(Limit);
            var fault = await Record.ExceptionAsync(() => reading);
            if (fault is StreamIdleTimeoutException)
                told++;
            else
                fault.Should().BeNull();
        }

        told.Should().BeInRange(0, 100);
    }

    [Fact]
    public async Task Stream_that_is_closed_for_idling_is_logged()
    {
        var logs = new List<LogRecord>();
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddInMemoryExporter(logs);
        })))
        {
            await using var stream = Factory(new() { LoggerFactory = loggers }).CreateSession(fixture.ContextA)
                .QueryUnbufferedAsync<string>(Endless, cancellationToken: Token).GetAsyncEnumerator(Token);
            await stream.MoveNextAsync();
            _time.Advance(Limit);
        }

        logs.Single(log => log.EventId.Name == "StreamIdle").FormattedMessage.Should().Contain($"organization {Seed.A}").And.Contain("00:05:00");
    }

    [Fact]
    public void Default_idle_timeout_is_five_minutes() => new TenantConnectionOptions().StreamIdleTimeout.Should().Be(Limit);

    private TenantConnectionFactory Factory(TenantConnectionOptions options)
    {
        options.TimeProvider = _time;
        return new(_source, options);
    }
}
