using Microsoft.Extensions.Logging;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

[Collection(nameof(SequentialTestGroup))]
public sealed class LongTransactionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(5);
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Transaction_is_reported_once_while_it_is_still_held()
    {
        await using var recorder = Record(Threshold);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            _time.Advance(Threshold - TimeSpan.FromMilliseconds(1));
            recorder.EventsSoFar.Should().NotContain("HeldLong");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            recorder.EventsSoFar.Should().Contain("HeldLong", "nobody has ended it yet");
            _time.Advance(Threshold * 3);
            await work.CommitAsync();
        }

        recorder.Spans().Single().Events.Should().ContainSingle().Which.Name.Should().Be("transaction held long");
        var log = recorder.Logs().Where(entry => entry.EventId.Name == "HeldLong").Should().ContainSingle().Subject;
        log.FormattedMessage.Should().Contain(Seed.A).And.Contain("tenant.unit_of_work").And.Contain("00:00:05");
    }

    [Fact]
    public async Task Stream_and_lazy_transaction_are_held_too()
    {
        await using var recorder = Record(Threshold);
        await foreach (var _ in recorder.Factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<int>("SELECT 1"))
            _time.Advance(Threshold);
        await using (var transaction = recorder.Factory.BeginTransaction(fixture.ContextA))
        {
            _time.Advance(Threshold);
            recorder.EventsSoFar.Count(name => name == "HeldLong").Should().Be(1, "before its first statement it holds nothing");
            await transaction.ExecuteAsync("SELECT 1");
            _time.Advance(Threshold);
        }

        recorder.EventsSoFar.Count(name => name == "HeldLong").Should().Be(2);
    }

    [Fact]
    public async Task Transaction_that_ended_in_time_is_not_reported()
    {
        await using var recorder = Record(Threshold);
        await recorder.Factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT 1");
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await work.CommitAsync();
            _time.Timers.Should().Be((2, 0), "what is committed holds nothing any more");
        }

        _time.Advance(Threshold * 2);
        recorder.EventsSoFar.Should().NotContain("HeldLong");
    }

    [Fact]
    public async Task Nothing_is_armed_without_a_threshold()
    {
        await using var recorder = Record(threshold: null);
        await AllTelemetryEvents.RunAsync(fixture, recorder.Factory);
        _time.Timers.Created.Should().Be(0);
    }

    [Fact]
    public async Task Threshold_needs_no_listener_but_a_logger()
    {
        using var log = new LoggerFactory();
        var factory = new TenantConnectionFactory(fixture.AppDataSource,
            new TenantConnectionOptions { LoggerFactory = log, LongTransactionThreshold = Threshold, TimeProvider = _time });
        await factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT 1");
        _time.Timers.Should().Be((1, 0));
    }

    [Fact]
    public async Task Logger_that_throws_does_not_end_the_process()
    {
        await using var recorder = new TelemetryRecorder(fixture, options =>
            (options.LongTransactionThreshold, options.TimeProvider, options.LoggerFactory) = (Threshold, _time, new BrokenLoggers()));
        await using var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA);
        _time.Invoking(time => time.Advance(Threshold)).Should().NotThrow();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Threshold_that_could_not_work_is_refused(int seconds) =>
        fixture.AppDataSource.Invoking(source =>
            new TenantConnectionFactory(source, new TenantConnectionOptions { LongTransactionThreshold = TimeSpan.FromSeconds(seconds) }))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(TenantConnectionOptions.LongTransactionThreshold));

    private TelemetryRecorder Record(TimeSpan? threshold) =>
        new(fixture, options => (options.LongTransactionThreshold, options.StreamIdleTimeout, options.TimeProvider) = (threshold, null, _time));

    private sealed class BrokenLoggers : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("The disk is full.");

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
