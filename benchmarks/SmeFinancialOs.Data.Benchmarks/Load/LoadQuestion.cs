using SmeFinancialOs.Data.Benchmarks.Measuring;
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

    public async Task<Report> RunAsync()
    {
        var ways = await Ways.GetAsync();
        var dataset = (await Suite.Database.GetAsync()).Dataset;
        Guid[] organizations = [.. dataset.Organizations.Select(organization => organization.Id)];
        Suite.Progress.Report("comparing the rows of all ways");
        await ways.CheckAsync(organizations);
        // Until every connection of the pools is open and has its statements prepared.
        var scale = Suite.Scale.IsMeasurement
            ? Suite.Scale with { MinRounds = 3, MeasureFor = TimeSpan.FromSeconds(230) }
            : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        await new Rounds(scale with { MinRounds = 1, MaxRounds = 1 }, Suite.Progress).RunAsync([Stage(Workers[^1]).Comparison], Suite.StoppingToken);

        LoadStage[] stages = [.. Workers.Select(Stage)];
        var measurements = await new Rounds(scale, Suite.Progress).RunAsync([.. stages.Select(stage => stage.Comparison)], Suite.StoppingToken);
        var result = new LoadReport(ways, stages, measurements);
        var cells = stages.SelectMany(stage => stage.Cells).ToList();
        var foreignRows = cells.Sum(cell => cell.ForeignRows);
        var rows = Figures.Count(cells.Sum(cell => cell.Rows));
        string[] leaks = [$"foreign rows among {rows} rows read", "0", Figures.Count(foreignRows), "", foreignRows == 0 ? "yes" : "no"];

        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.SettingsOf(LoadWays.PoolSize)}",
            $"Rows: {Figures.Count(dataset.InvoiceCount)} invoices of {Dataset.OrganizationCount} organizations; asked for: the newest 50 of a random one",
            $"Load: {measurements.Rounds} rounds of {Slice.TotalSeconds} s for each way under each number of workers, in turns");
        return new Report(Name, "Under load") { Facts = facts }
            .Add(result.Table, "All on one machine")
            .Add(new MarkdownTable(["<figure", "target", "measured", "rounds", "<met"], [result.TargetLine(""), leaks]), "Targets")
            .AddChart("", "requests per second over the number of workers, a line for each way", result.ThroughputSvg)
            .AddChart("-p99", "99th percentile of the latency over the number of workers, a line for each way", result.LatencySvg)
            .Note(Notes);

        LoadStage Stage(int workers) => new(ways, workers, Slice, organizations);
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
        "Loopback has no distance: how long three round trips over a network keep a connection from the others does not show here.",
    ];
}
