using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>What a host does wrong with a unit of work costs nobody else anything. One connection: whatever is left on it, the next one gets.</summary>
public sealed class MisuseTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncDisposable
{
    private const string Many = "SELECT org_id FROM invoices, generate_series(1, 20000)";

    /// <summary>A row too long to be kept back, and then nothing until the statement timeout.</summary>
    private const string Failing = "SELECT repeat('x', 20000) FROM generate_series(0, 1) AS i, LATERAL pg_sleep(i * 10)";

    private readonly NpgsqlDataSource _source =
        new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1;Timeout=1").UseTenantDefaults().Build();

    private TenantConnectionFactory Factory => new(_source);

    private TenantConnectionFactory Impatient => new(_source, new TenantConnectionOptions { StatementTimeout = TimeSpan.FromMilliseconds(300) });

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [Fact]
    public async Task A_second_call_beside_the_first_is_refused()
    {
        await using var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var first = work.ExecuteAsync("SELECT pg_sleep(0.2)");

        await work.Invoking(unit => unit.ExecuteAsync("DELETE FROM invoices")).Should().ThrowAsync<InvalidOperationException>().WithMessage("*one caller at a time*");

        await first;
    }

    [Fact]
    public async Task A_call_beside_a_stream_is_refused()
    {
        await using var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        await foreach (var _ in work.QueryUnbufferedAsync<Guid>(Many))
        {
            await work.Invoking(unit => unit.ExecuteAsync("SELECT 1")).Should().ThrowAsync<InvalidOperationException>().WithMessage("*stream*open*");
            break;
        }

        (await work.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task Dispose_waits_for_the_call_under_way_and_rolls_it_back()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var running = work.ExecuteAsync("DELETE FROM invoices; SELECT pg_sleep(0.2)");

        await work.DisposeAsync();

        running.IsCompletedSuccessfully.Should().BeTrue();
        (await Factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices")).Should().BePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_outlives_its_unit_of_work_does_not_touch_the_next_tenants(bool movesOn)
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var old = work.QueryUnbufferedAsync<Guid>(Many).GetAsyncEnumerator();
        await old.MoveNextAsync();
        await work.DisposeAsync();

        await using var next = await Factory.OpenConnectionAsync(fixture.ContextB);
        var rows = 0;
        await foreach (var row in next.QueryUnbufferedAsync<Guid>(Many))
        {
            row.Should().Be(fixture.OrganizationB);
            if (rows++ > 0)
                continue;
            if (movesOn)
                await old.Invoking(stream => stream.MoveNextAsync().AsTask()).Should().ThrowAsync<ObjectDisposedException>();
            await old.DisposeAsync();
        }

        rows.Should().BeGreaterThanOrEqualTo(20_000);
    }

    [Fact]
    public async Task A_unit_of_work_that_is_disposed_inside_its_own_stream_ends_it()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var reading = async () =>
        {
            await foreach (var _ in work.QueryUnbufferedAsync<Guid>(Many))
                await work.DisposeAsync();
        };

        await reading.Should().ThrowAsync<ObjectDisposedException>();
        (await Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_its_host_has_closed_is_left_to_whoever_has_it_now()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        await work.ExecuteAsync("UPDATE invoices SET customer_name = 'never'");
        await work.Connection.CloseAsync();
        await using var next = await Factory.OpenConnectionAsync(fixture.ContextB);
        await next.ExecuteAsync("UPDATE invoices SET customer_name = 'kept'");

        await work.DisposeAsync();
        await next.CommitAsync();

        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE customer_name = 'never'")).Should().Be(0);
        (await fixture.TruthAsync<long>($"SELECT count(*) FROM invoices WHERE customer_name = 'kept' AND org_id = '{fixture.OrganizationB}'")).Should().BePositive();
        await fixture.SeedAsync();
    }

    [Fact]
    public async Task A_raw_statement_under_way_at_the_end_answers_nobody_else()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var running = work.Connection.QueryAsync<Guid>("SELECT org_id FROM invoices, pg_sleep(0.2)");
        await work.DisposeAsync();

        for (var i = 0; i < 3; i++)
            (await Factory.CreateSession(fixture.ContextB).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationB);
        (await running).Should().OnlyContain(row => row == fixture.OrganizationA);
    }

    [Fact]
    public async Task A_raw_reader_that_is_left_open_gives_its_rows_to_nobody_else()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        await using var command = new NpgsqlCommand(Many, work.Connection);
        var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        await work.DisposeAsync();

        (await Factory.CreateSession(fixture.ContextB).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationB);
    }

    [Fact]
    public async Task An_abandoned_unit_of_work_gives_its_connection_back_and_is_reported()
    {
        using var log = new EventLog();
        for (var i = 0; i < 3; i++)
        {
            await AbandonAsync(Logged(log));
            await CollectedAsync();
        }

        log.Events.Should().Contain("AbandonedAndTakenBack").And.NotContain("Abandoned");
        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE customer_name = 'never'")).Should().Be(0);
    }

    [Fact]
    public async Task A_logger_that_fails_does_not_keep_an_abandoned_connection()
    {
        using var log = new EventLog { Fails = true };
        await AbandonAsync(Logged(log));

        await CollectedAsync();
    }

    [Fact]
    public async Task An_abandoned_stream_gives_its_connection_back()
    {
        await AbandonStreamAsync();

        await CollectedAsync();
    }

    [Fact]
    public async Task An_abandoned_stream_whose_statement_fails_meanwhile_gives_its_connection_back()
    {
        await AbandonFailingStreamAsync();
        await Task.Delay(400);

        await CollectedAsync();
    }

    [Fact]
    public async Task A_raw_reader_that_is_left_open_and_fails_meanwhile_gives_its_connection_back()
    {
        var work = await Impatient.OpenConnectionAsync(fixture.ContextA);
        await using var command = new NpgsqlCommand(Failing, work.Connection);
        var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        await Task.Delay(400);

        _ = await Record.ExceptionAsync(() => work.DisposeAsync().AsTask());

        await CollectedAsync();
    }

    [Fact]
    public async Task An_abandoned_copy_gives_its_connection_back()
    {
        await AbandonCopyAsync();

        await CollectedAsync();
    }

    [Fact]
    public async Task A_raw_connection_that_is_held_is_not_taken_back_but_reported()
    {
        using var log = new EventLog();
        var raw = await RawAsync(Logged(log));
        for (var tries = 0; tries < 100 && log.Events.IsEmpty; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(50);
        }

        log.Events.Should().Contain("Abandoned").And.NotContain("AbandonedAndTakenBack");
        (await raw.QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationA);
        await raw.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_does_not_wait_for_a_copy_whose_reader_has_gone()
    {
        var pipe = new Pipe();
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var copy = work.CopyToAsync($"COPY ({Many}) TO STDOUT", pipe.Writer.AsStream());
        await pipe.Reader.ReadAsync();

        await work.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await copy.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        (await Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task AbandonAsync(TenantConnectionFactory factory)
    {
        var work = await factory.OpenConnectionAsync(fixture.ContextA);
        await work.ExecuteAsync("UPDATE invoices SET customer_name = 'never'");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task AbandonStreamAsync() =>
        await Factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<Guid>(Many).GetAsyncEnumerator().MoveNextAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task AbandonFailingStreamAsync() =>
        await Impatient.CreateSession(fixture.ContextA).QueryUnbufferedAsync<string>(Failing).GetAsyncEnumerator().MoveNextAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task AbandonCopyAsync()
    {
        var pipe = new Pipe();
        _ = Factory.CreateSession(fixture.ContextA).CopyToAsync($"COPY ({Many}) TO STDOUT", pipe.Writer.AsStream());
        await pipe.Reader.ReadAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<NpgsqlConnection> RawAsync(TenantConnectionFactory factory) => (await factory.OpenConnectionAsync(fixture.ContextA)).Connection;

    /// <summary>The one connection can be had again, some time after a collection.</summary>
    private async Task CollectedAsync()
    {
        for (var tries = 0; ; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            try
            {
                (await Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
                return;
            }
            catch (DatabaseUnavailableException) when (tries < 20)
            {
                // not yet
            }
        }
    }

    private TenantConnectionFactory Logged(EventLog log) => new(_source, new TenantConnectionOptions { LoggerFactory = log });

    /// <summary>Keeps the names of what is said about transactions, or fails to.</summary>
    private sealed class EventLog : ILoggerFactory, ILogger
    {
        public bool Fails { get; init; }

        public ConcurrentBag<string> Events { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => logLevel > LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id < 300)
                return;
            if (Fails)
                throw new IOException("the disk is full");
            Events.Add(eventId.Name!);
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
