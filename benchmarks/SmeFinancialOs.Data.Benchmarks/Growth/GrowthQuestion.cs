using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>Does the cost follow the organization's own rows, or the table's? The same queries on ever larger tables.</summary>
internal sealed class GrowthQuestion : IQuestion
{
    public string Name => "growth";

    public string Summary => "does the cost follow the organization's rows, or the table's? (up to ten million)";

    public async Task<Report> RunAsync()
    {
        var queries = await GrowthQuery.AllAsync();
        var measurements = await MeasureAsync(queries, minRounds: 6, TimeSpan.FromMinutes(3));
        var large = await GrowthQuery.LargeAsync();
        var largeMeasurements = await MeasureAsync([large], minRounds: 4, TimeSpan.FromSeconds(75));

        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.Description}",
            $"Rows: {string.Join("; ", GrowthTable.All.Select(table => table.Name))}; side by side on one server",
            $"Rounds: {measurements.Rounds}, in each of them every line; {largeMeasurements.Rounds} of the aggregate of half of a table");
        var report = new Report(Name, "Growth: the organization's rows, or the table's?") { Facts = facts };
        foreach (var query in queries)
            report.Add(GrowthTables.Of(query, measurements), query.Title);
        return report
            .Add(GrowthTables.Of(large, largeMeasurements), large.Title)
            .Add(Target.Table([ListTarget(queries[0], measurements)]), "Targets")
            .Note(
                $"One organization has {Figures.Count(GrowthTable.SameRows)} invoices in every table, however large the table. In a skewed table another one, "
                + "\"its large one\", owns half. The rest is the same for all others.",
                "growth: the median divided by that of the same way on the smallest table of its kind. Near 1.00: the cost follows the organization's rows. "
                + "Near the growth of the table: it follows the table's.",
                "The large one grows with its table, so its aggregate has to grow too. Its list and all inserts need not.",
                "buffers: pages of 8 kB that one call touches, from EXPLAIN (ANALYZE, BUFFERS). This figure has no noise in it. read by: "
                + "the index that finds the rows.",
                "EXPLAIN plans for the organization it is given. A prepared statement may settle on a plan for an organization of average size, "
                + "and the policies always plan for that one; with skewed rows the two can differ.",
                "ADO.NET and Dapper read the same table with WHERE org_id, over a login with BYPASSRLS that exists for this run alone. The session has no "
                + "WHERE: the policies filter.",
                "The invoices of all organizations are mixed by date, so each of them lies on a page of its own if there are many organizations.",
                "Measured rows are in memory after warm-up: in shared_buffers or in the cache of the operating system. A table that is larger than memory adds "
                + "the time of its disk, to all ways alike.",
                "Every way gave the same rows before anything was timed.")
            .Note(ComparisonTable.Legend)
            .AddChart("", "Median of a call over the number of rows in the table", GrowthTables.Chart(queries, measurements));
    }

    private static Task<Measurements> MeasureAsync(IReadOnlyList<GrowthQuery> queries, int minRounds, TimeSpan measureFor)
    {
        var scale = Suite.Scale.IsMeasurement
            ? Suite.Scale with { MinRounds = minRounds, MeasureFor = measureFor }
            : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        return new Rounds(scale, Suite.Progress).RunAsync([.. queries.SelectMany(query => query.Comparisons)], Suite.StoppingToken);
    }

    /// <summary>Both sizes were measured in the same rounds.</summary>
    private static Target ListTarget(GrowthQuery list, Measurements measurements)
    {
        var largest = GrowthSubject.All.Last(subject => !subject.IsLarge && !subject.Table.IsSkewed);
        var large = list.Find(nameof(GrowthListBenchmarks.Session), largest);
        var small = list.SmallestOf(large);
        return new Target(
            $"session, newest 50: {large.Subject.Name} / {small.Subject.Name}",
            AtMost: 1.3,
            measurements.Ratio(large.Case, small.Case),
            measurements.RatiosOfRounds(large.Case, small.Case));
    }
}
