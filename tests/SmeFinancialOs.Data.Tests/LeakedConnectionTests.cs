using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>What a host has let go of without disposing it. One connection: it comes back, or nobody gets one.</summary>
public sealed class LeakedConnectionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncDisposable
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
    public async Task A_leaked_unit_of_work_gives_its_connection_back_and_is_reported()
    {
        using var log = new EventLog();
        for (var i = 0; i < 3; i++)
        {
            await LeakAsync(Logged(log));
            await CollectedAsync();
        }

        log.Events.Should().Contain("LeakedConnectionReturned").And.NotContain("ConnectionLeaked");
        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE customer_name = 'never'")).Should().Be(0);
    }

    [Fact]
    public async Task A_logger_that_fails_does_not_keep_a_leaked_connection()
    {
        using var log = new EventLog { Fails = true };
        await LeakAsync(Logged(log));

        await CollectedAsync();
    }

    [Fact]
    public async Task A_leaked_stream_gives_its_connection_back()
    {
        await LeakStreamAsync();

        await CollectedAsync();
    }

    [Fact]
    public async Task A_leaked_stream_whose_statement_fails_meanwhile_gives_its_connection_back()
    {
        await LeakFailingStreamAsync();
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
    public async Task A_leaked_copy_gives_its_connection_back()
    {
        await LeakCopyAsync();

        await CollectedAsync();
    }

    [Fact]
    public async Task A_raw_connection_that_is_held_is_not_returned_but_reported()
    {
        using var log = new EventLog();
        var raw = await RawAsync(Logged(log));
        for (var tries = 0; tries < 100 && log.Events.IsEmpty; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(50);
        }

        log.Events.Should().Contain("ConnectionLeaked").And.NotContain("LeakedConnectionReturned");
        (await raw.QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationA);
        await raw.DisposeAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task LeakAsync(TenantConnectionFactory factory)
    {
        var work = await factory.OpenConnectionAsync(fixture.ContextA);
        await work.ExecuteAsync("UPDATE invoices SET customer_name = 'never'");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task LeakStreamAsync() =>
        await Factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<Guid>(Many).GetAsyncEnumerator().MoveNextAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task LeakFailingStreamAsync() =>
        await Impatient.CreateSession(fixture.ContextA).QueryUnbufferedAsync<string>(Failing).GetAsyncEnumerator().MoveNextAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task LeakCopyAsync()
    {
        var pipe = new Pipe();
        _ = Factory.CreateSession(fixture.ContextA).ExportAsync($"COPY ({Many}) TO STDOUT", pipe.Writer.AsStream());
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
