using Npgsql;
using SmeFinancialOs.Data.Torture.Tests.Servers;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>What happens to a host from outside: servers go down, sessions are ended, lines are cut.</summary>
internal sealed class FaultInjector(RestartingServer server, PgBouncer? pooler, FaultyProxy line, string superuser, Report report)
{
    private static readonly TimeSpan BetweenRestarts = TimeSpan.FromSeconds(1.3);

    public Task RunAsync(int seed, CancellationToken stop) => Task.WhenAll(
        RepeatAsync(new Random(seed), BetweenRestarts, RestartAsync, stop),
        RepeatAsync(new Random(seed + 1), TimeSpan.FromMilliseconds(400), random => SignalAsync(random, "pg_terminate_backend", "true"), stop),
        RepeatAsync(new Random(seed + 2), TimeSpan.FromMilliseconds(250), random => SignalAsync(random, "pg_cancel_backend", "state = 'active'"), stop),
        RepeatAsync(new Random(seed + 3), TimeSpan.FromMilliseconds(400), CutAsync, stop),
        // A host does other work too, and its memory is collected now and then: what leaked comes back.
        RepeatAsync(new Random(seed + 4), TimeSpan.FromMilliseconds(500), _ => Task.Run(GC.Collect, CancellationToken.None), stop));

    private static async Task RepeatAsync(Random random, TimeSpan interval, Func<Random, Task> act, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(interval * (0.5 + random.NextDouble()), stop).ContinueWith(_ => { }, TaskScheduler.Default);
            if (stop.IsCancellationRequested)
                return;
            try
            {
                await act(random);
            }
            catch (NpgsqlException)
            {
                // The server is down just now.
            }
        }
    }

    private async Task RestartAsync(Random random)
    {
        report.WentDown();
        switch (random.Next(pooler is null ? 2 : 3))
        {
            case 0:
                await server.RestartFastAsync();
                report.Fault("server restarted, fast");
                break;
            case 1:
                await server.RestartImmediatelyAsync();
                report.Fault("server restarted, immediate");
                break;
            default:
                await pooler!.RestartAsync();
                report.Fault("pooler restarted");
                break;
        }
    }

    private async Task SignalAsync(Random random, string function, string condition)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var list = new NpgsqlCommand($"SELECT pid FROM pg_stat_activity WHERE usename IN ('app_user', 'admin_user') AND {condition} ORDER BY pid",
            connection);
        var pids = new List<int>();
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                pids.Add(reader.GetInt32(0));
        }

        if (pids.Count == 0)
            return;
        await using var signal = new NpgsqlCommand($"SELECT {function}($1)", connection) { Parameters = { new() { Value = pids[random.Next(pids.Count)] } } };
        await signal.ExecuteNonQueryAsync();
        report.Fault(function);
    }

    private Task CutAsync(Random random)
    {
        line.CutOne();
        report.Fault("line cut in mid-message");
        return Task.CompletedTask;
    }
}
