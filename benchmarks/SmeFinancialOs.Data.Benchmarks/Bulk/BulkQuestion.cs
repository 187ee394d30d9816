using System.Diagnostics;
using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Bulk;

/// <summary>What does a bulk load of protected rows cost, where COPY FROM is refused?</summary>
internal sealed class BulkQuestion : IQuestion
{
    private const int Count = 50_000;

    private readonly List<double> _copy = [];
    private readonly List<double> _insert = [];
    private readonly List<double> _copyClient = [];
    private readonly List<double> _insertClient = [];

    public string Name => "bulk";

    public string Summary => "what does a bulk load into a protected table cost?";

    public async Task<Report> RunAsync()
    {
        var token = Suite.StoppingToken;
        var database = await Suite.Database.GetAsync();
        await using var tables = await BulkTables.CreateAsync(database, token);
        var organization = database.Dataset.InsertingOrganization;
        NewRow[] rows =
        [
            .. Enumerable.Range(0, Count).Select(i =>
                new NewRow(organization, Guid.NewGuid(), $"b{i}", i, $"Customer {i % 997}", "draft", new DateOnly(2026, 1, 1).AddDays(i % 365))),
        ];

        // Warm: the code, the pools, the look at the table.
        await MeasureAsync(() => tables.CopyAsync(rows, token), [], []);
        await MeasureAsync(() => tables.InsertManyAsync(rows, token), [], []);
        await tables.EmptyAsync(token);
        var before = await tables.ServerTimeAsync(token);
        var began = Stopwatch.StartNew();
        var rounds = 0;
        for (; rounds < Suite.Scale.MinRounds || (rounds < Suite.Scale.MaxRounds && began.Elapsed < Suite.Scale.MeasureFor); rounds++)
        {
            Suite.Progress.Report($"bulk load, round {rounds + 1}");
            var copy = () => MeasureAsync(() => tables.CopyAsync(rows, token), _copy, _copyClient);
            var insert = () => MeasureAsync(() => tables.InsertManyAsync(rows, token), _insert, _insertClient);
            // Each goes first every other time.
            foreach (var way in rounds % 2 == 0 ? (Func<Task>[])[copy, insert] : [insert, copy])
                await way();
            await tables.EmptyAsync(token);
        }

        var after = await tables.ServerTimeAsync(token);
        var ratios = _insert.Zip(_copy, (insert, copy) => insert / copy).ToList();
        string ServerTime(Func<(double Copy, double InsertMany), double> of) =>
            before is { } first && after is { } last ? Figures.Duration((of(last) - of(first)) / rounds * 1e6) : "-";
        var facts = await RunFacts.CollectAsync(await Suite.Server.GetAsync(), $"Rows: {Figures.Count(Count)} a load, {rounds} rounds, the ways in turns");
        return new Report(Name, "What a bulk load costs") { Facts = facts }
            .Add(new MarkdownTable(
                ["<way", "median", "p95", "ratio", "rounds", "client CPU", "server CPU"],
                [
                    ["binary COPY, unprotected", Median(_copy), P95(_copy), "1.00", "", Median(_copyClient), ServerTime(time => time.Copy)],
                    [
                        "InsertManyAsync, protected", Median(_insert), P95(_insert),
                        Figures.Ratio(Statistics.Percentile(_insert, 0.5) / Statistics.Percentile(_copy, 0.5)), Figures.MiddleHalf(ratios),
                            Median(_insertClient),
                        ServerTime(time => time.InsertMany),
                    ],
                ]))
            .Note(
                "Both tables have the same columns, checks, keys and indexes, and a foreign key to their organizations.",
                "Both had the same rows after each round.",
                "ratio: the median time divided by that of COPY. rounds: the middle half of the ratios of single rounds.",
                "server CPU: of the server's process, a mean over the rounds, with the looks between them.");
    }

    private static string Median(List<double> values) => Figures.Duration(Statistics.Percentile(values, 0.5));

    private static string P95(List<double> values) => Figures.Duration(Statistics.Percentile(values, 0.95));

    private static async Task MeasureAsync(Func<Task> load, List<double> times, List<double> client)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var used = process.TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await load();
        times.Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds);
        process.Refresh();
        client.Add((process.TotalProcessorTime - used).TotalNanoseconds);
    }
}
