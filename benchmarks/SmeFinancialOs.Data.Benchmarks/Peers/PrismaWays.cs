using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Prisma;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>The two ways that run in Node; none where this machine cannot run it.</summary>
internal sealed class PrismaWays : IAsyncDisposable
{
    public const string UnprotectedTitle = "Prisma (Node), unprotected";
    public const string ExtensionTitle = "Prisma (Node), extension";

    // Node compiles its own code as late as .NET does.
    private const int WarmUpCalls = 300;
    private const int WarmUpCallsOfRound = 10;
    private const int PoolSize = 2;

    private readonly PrismaStart _start;

    private PrismaWays(PrismaStart start) => _start = start;

    /// <summary>What was measured, or why it was not.</summary>
    public string Description => _start.Program?.Versions ?? _start.Skipped;

    public bool IsSkipped => _start.Program is null;

    private IEnumerable<(string Way, string Title)> All =>
        _start.Program is null ? [] : [(PrismaProgram.Unprotected, UnprotectedTitle), (PrismaProgram.Extension, ExtensionTitle)];

    /// <param name="database">Has the rows.</param>
    /// <param name="route">Of each connection string: to the server, or by way of something in between.</param>
    public static async Task<PrismaWays> StartAsync(BenchmarkDatabase database, Func<string, string> route) => new(await PrismaProgram.StartAsync(
        new PrismaTarget(route(database.TwinConnectionString), route(database.AppConnectionString), database.Dataset.MeasuredOrganization, PoolSize),
        Suite.Progress.Report,
        Suite.StoppingToken));

    /// <exception cref="ResultsDifferException">These ways give other rows.</exception>
    public async Task CompareAsync(PeerWays ways)
    {
        foreach (var (way, title) in All)
            ways.Compare(title, await _start.Program!.RowsAsync(way));
    }

    public async Task WarmUpAsync()
    {
        foreach (var (way, title) in All)
        {
            Suite.Progress.Report($"warming up: {title}");
            await _start.Program!.MeasureAsync(way, WarmUpCalls);
        }
    }

    public IEnumerable<Case> Cases(int calls) => All.Select(way => new Case(way.Title, calls, async count =>
    {
        await _start.Program!.MeasureAsync(way.Way, WarmUpCallsOfRound);
        return await _start.Program.MeasureAsync(way.Way, count);
    }));

    /// <summary>A call of each.</summary>
    public IEnumerable<(string Title, Func<Task> Call)> Requests => All.Select(way => (way.Title, (Func<Task>)(() => _start.Program!.MeasureAsync(way.Way, 1))));

    public ValueTask DisposeAsync() => _start.Program?.DisposeAsync() ?? ValueTask.CompletedTask;
}
