using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>What a host should not do with a connection and does: it costs the host its own call, nobody else anything.</summary>
internal sealed class ConnectionMisuse(TortureDatabase database, Pools pools, Ledger ledger, Report report)
{
    private int _isHoarding;

    public IEnumerable<Operation> Operations =>
    [
        new("slow statement", 8, SlowAsync),
        new("deadlock", 4, DeadlockAsync),
        new("wait for a lock", 6, LockTimeoutAsync),
        new("disposed twice", 3, DisposedTwiceAsync),
        new("leaked unit of work", 2, LeakUnitOfWorkAsync),
        new("leaked stream", 2, LeakStreamAsync),
        new("used by two at once", 2, UsedByTwoAsync),
        new("disposed while in use", 2, DisposedInUseAsync),
        new("connection closed by its user", 3, ClosedByUserAsync),
        new("hoard of connections", 1, HoardAsync),
    ];

    private async Task SlowAsync(Random random, CancellationToken cancellationToken) =>
        await pools.Factory.CreateSession(database.Any(random))
            .ExecuteAsync("UPDATE entries SET amount = 0 WHERE pg_sleep(2) IS NULL OR amount IS NULL", null, cancellationToken);

    /// <summary>Two that want what the other one has.</summary>
    private async Task DeadlockAsync(Random random, CancellationToken cancellationToken)
    {
        var context = database.Any(random);
        await using var one = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
        await using var other = await pools.SerializableFactory.OpenConnectionAsync(context, cancellationToken);
        await LockAsync(one, 0, cancellationToken);
        await LockAsync(other, 1, cancellationToken);
        await Task.WhenAll(LockAsync(one, 1, cancellationToken), LockAsync(other, 0, cancellationToken));
    }

    private async Task LockTimeoutAsync(Random random, CancellationToken cancellationToken)
    {
        var context = database.Any(random);
        await using var one = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
        await LockAsync(one, 2, cancellationToken);
        await LockAsync(pools.SerializableFactory.CreateSession(context), 2, cancellationToken);
    }

    /// <summary>A write that must not be there in the end.</summary>
    private (TenantContext Context, Write Write) BeginDoomed(Random random)
    {
        var context = database.Any(random);
        var write = ledger.Begin(context.OrganizationId!.Value.ToGuid(), random);
        write.Outcome = Outcome.RolledBack;
        return (context, write);
    }

    private static Task<int> LockAsync(ITenantSession session, int account, CancellationToken cancellationToken) =>
        session.ExecuteAsync("UPDATE accounts SET balance = balance WHERE id = @account", new { account }, cancellationToken);

    private async Task DisposedTwiceAsync(Random random, CancellationToken cancellationToken)
    {
        var work = await pools.Factory.OpenConnectionAsync(database.Any(random), cancellationToken);
        await work.DisposeAsync();
        // By now the connection is somebody else's.
        await Task.Delay(random.Next(3), CancellationToken.None);
        await work.DisposeAsync();
        report.Fault("disposed twice");
        try
        {
            await work.ExecuteAsync("DELETE FROM entries", null, CancellationToken.None);
            report.Find("LOSS a unit of work that was disposed still runs statements");
        }
        catch (ObjectDisposedException)
        {
            report.Fault("used after dispose");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task LeakUnitOfWorkAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, write) = BeginDoomed(random);
        var work = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
        report.Fault("leaked unit of work");
        // No lock on an account: nobody has to wait for it.
        await work.ExecuteAsync(TortureDatabase.Insert, write.Parameters, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task LeakStreamAsync(Random random, CancellationToken cancellationToken)
    {
        var rows = pools.Factory.CreateSession(database.Any(random))
            .QueryUnbufferedAsync<Guid>("SELECT org_id FROM accounts, generate_series(1, 1000)", null, cancellationToken)
            .GetAsyncEnumerator(CancellationToken.None);
        await rows.MoveNextAsync();
        report.Fault("leaked stream");
    }

    private async Task UsedByTwoAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, write) = BeginDoomed(random);
        await using var work = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
        var first = work.ExecuteAsync("SELECT pg_sleep(0.02)", null, cancellationToken);
        var second = work.ExecuteAsync(TortureDatabase.Insert, write.Parameters, cancellationToken);
        try
        {
            await second;
        }
        catch (InvalidOperationException)
        {
            report.Fault("used by two at once, refused");
        }

        await first;
    }

    private async Task DisposedInUseAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, write) = BeginDoomed(random);
        var work = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
        var running = work.ExecuteAsync(TortureDatabase.Insert + "; SELECT pg_sleep(0.02)", write.Parameters, CancellationToken.None);
        await work.DisposeAsync();
        report.Fault("disposed while in use");
        await running;
    }

    /// <summary>The connection is somebody else's before the unit of work ends.</summary>
    private async Task ClosedByUserAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, write) = BeginDoomed(random);
        await using var work = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
        await work.ExecuteAsync(TortureDatabase.Insert, write.Parameters, cancellationToken);
        var connection = work.Connection;
        await connection.CloseAsync();
        await Task.Delay(random.Next(5), CancellationToken.None);
        if (random.Next(2) == 0)
            await connection.OpenAsync(cancellationToken);
        report.Fault("connection closed by its user");
    }

    /// <summary>All connections of the pool for longer than anybody waits for one.</summary>
    private async Task HoardAsync(Random random, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isHoarding, 1) != 0)
            return;
        try
        {
            var all = new List<TenantConnection>();
            // Until the pool has no more, however often the server goes down meanwhile.
            for (var tries = 0; all.Count < Pools.Size && tries < 50; tries++)
            {
                try
                {
                    all.Add(await pools.Factory.OpenConnectionAsync(database.Any(random), CancellationToken.None));
                }
                catch (Exception fault) when (FaultKind.Of(fault) is not null)
                {
                    await Task.Delay(20, CancellationToken.None);
                }
            }

            await Task.Delay(1200, CancellationToken.None);
            foreach (var work in all)
                await work.DisposeAsync();
        }
        finally
        {
            // Not all the time.
            _ = Task.Delay(10_000, CancellationToken.None).ContinueWith(_ => Volatile.Write(ref _isHoarding, 0), TaskScheduler.Default);
        }
    }
}
