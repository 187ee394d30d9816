using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Network;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Load;

/// <summary>What happens when many ask at once, more than there are connections? A closed loop; no benchmark of single calls.</summary>
internal sealed class LoadQuestion : IQuestion
{
    private static readonly Shared<LoadWays> Ways = new(async () =>
    {
        var database = await Suite.Database.GetAsync();
        return new LoadWays(database.TwinConnectionString, database.AppConnectionString);
    });

    public string Name => "load";

    public string Summary => "how many requests a second, and how long do they wait, under load?";

    private static int[] Workers => Suite.Scale.IsMeasurement ? [1, 2, 4, 8, 16, 32, 64] : [1, 64];

    private static TimeSpan Slice => Suite.Scale.IsMeasurement ? TimeSpan.FromSeconds(1.25) : TimeSpan.FromSeconds(0.3);

    /// <summary>What a server in another zone of the same data center is away.</summary>
    private static TimeSpan Distance => TimeSpan.FromMilliseconds(1);

    public async Task<Report> RunAsync()
    {
        var database = await Suite.Database.GetAsync();
        var near = await MeasureAsync(await Ways.GetAsync(), Workers, TimeSpan.FromSeconds(225));
        using var network = new SimulatedNetwork(database.SuperuserConnectionString) { RoundTripTime = Distance };
        await using var distantWays = new LoadWays(network.Route(database.TwinConnectionString), network.Route(database.AppConnectionString));
        var distant = await MeasureAsync(distantWays, Workers[^1..], TimeSpan.FromSeconds(30));

        var foreignRows = near.ForeignRows + distant.ForeignRows;
        var rows = Figures.Count(near.Rows + distant.Rows);
        string[] leaks = [$"foreign rows among {rows} rows read", "0", Figures.Count(foreignRows), "", foreignRows == 0 ? "yes" : "no"];
        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.DescriptionOf(LoadWays.PoolSize)}",
            $"Rows: {Figures.Count(database.Dataset.InvoiceCount)} invoices of {Dataset.OrganizationCount} organizations; asked for: the newest 50 of one",
            $"Load: each way {Slice.TotalSeconds} s in turns, {near.Rounds} times under {Workers[^1]} workers, half as often under fewer; "
                + $"{distant.Rounds} times at a distance");
        return new Report(Name, "Under load") { Facts = facts }
            .Add(near.Table, "All on one machine")
            .Add(distant.Table, $"With {Distance.TotalMilliseconds} ms of network between app and server")
            .Add(new MarkdownTable(["<figure", "target", "measured", "rounds", "<met"], [near.TargetLine(), leaks]), "Targets")
            .AddChart("", "requests per second over the number of workers, a line for each way", near.ThroughputSvg)
            .AddChart("-p99", "99th percentile of the latency over the number of workers, a line for each way", near.LatencySvg)
            .Note(Notes);
    }

    private static async Task<LoadReport> MeasureAsync(LoadWays ways, IReadOnlyList<int> workers, TimeSpan measureFor)
    {
        Guid[] organizations = [.. (await Suite.Database.GetAsync()).Dataset.Organizations.Select(organization => organization.Id)];
        Suite.Progress.Report("comparing the rows of all ways");
        await ways.CheckAsync(organizations);
        var once = Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        // Until every connection of the pools is open and has its statements prepared.
        await new Rounds(once, Suite.Progress).RunAsync([Stage(workers[^1]).Comparison], Suite.StoppingToken);

        LoadStage[] stages = [.. workers.Select(Stage)];
        // Twice under the most workers: that is what is promised.
        var measurements = await new Rounds(Suite.Scale.IsMeasurement ? Suite.Scale with { MinRounds = 3, MeasureFor = measureFor } : once, Suite.Progress)
            .RunAsync([.. stages.Append(stages[^1]).Select(stage => stage.Comparison)], Suite.StoppingToken);
        return new LoadReport(ways, stages, measurements);

        LoadStage Stage(int count) => new(ways, count, Slice, organizations);
    }

    private static IEnumerable<string> Notes =>
    [
        "Every way gave the same rows for every organization before anything was timed.",
        "Under load each row is checked again: it must be of the organization that its worker asked for. The others are the foreign rows.",
        "A closed loop: each worker sends its next request when it has the answer to the last.",
        "Where there are more workers than connections they wait for a free one, and that wait is part of the request.",
        "requests/s: the round in the middle. p50, p95, p99, max: over all requests of all rounds.",
        "this library: session is one round trip; transaction two, as it opens with its first statement; unit of work and the hand-written pattern three.",
        "x hand-written: requests/s divided by those of the hand-written pattern in the same round, the round in the middle; rounds: the middle half of them.",
        $"App and server share {Environment.ProcessorCount} cores. When these are busy, more workers wait longer and get no more done.",
        "The second table: a proxy in this process holds back what either side sends for half a millisecond.",
        "A way of three round trips keeps its connection from the others for three of them.",
        "The proxy takes its share of the same cores, so the second table understates what all ways would do over a real network.",
    ];
}
