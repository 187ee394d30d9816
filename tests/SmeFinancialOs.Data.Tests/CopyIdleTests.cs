using Npgsql;
using SmeFinancialOs.Data.Tests.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>A COPY whose destination takes no more bytes ends like a stream that nobody reads.</summary>
public sealed class CopyIdleTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncDisposable
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
    [InlineData("connection")]
    public async Task A_destination_that_takes_nothing_ends_its_copy(string kind)
    {
        var factory = Factory(new());
        var copies = new List<Task>();
        var owners = new List<IAsyncDisposable>();
        for (var i = 0; i < PoolSize; i++)
        {
            ITenantSession session = kind == "session" ? factory.CreateSession(fixture.ContextA) : await factory.OpenConnectionAsync(fixture.ContextA, Token);
            if (session is IAsyncDisposable owner)
                owners.Add(owner);
            var destination = new BlockedStream();
            copies.Add(session.ExportAsync($"COPY ({Endless}) TO STDOUT", destination, Token));
            await destination.Asked.WaitAsync(Token);
        }

        while (copies.Any(copy => !copy.IsCompleted))
        {
            _time.Advance(Limit);
            await Task.Delay(1, Token);
        }

        foreach (var copy in copies)
            await FluentActions.Awaiting(() => copy).Should().ThrowAsync<StreamIdleTimeoutException>();
        foreach (var owner in owners)
            await owner.DisposeAsync();
        (await factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token)).Should().Be(1);
    }

    private TenantConnectionFactory Factory(TenantConnectionOptions options)
    {
        options.TimeProvider = _time;
        return new(_source, options);
    }

    /// <summary>Takes what is written, and never says that it did; passes cancellation over.</summary>
    private sealed class BlockedStream : MemoryStream
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            return new(new TaskCompletionSource().Task);
        }
    }
}
