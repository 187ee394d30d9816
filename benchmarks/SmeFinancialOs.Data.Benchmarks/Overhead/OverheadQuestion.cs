using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>What does row-level security cost? Four queries, each asked in three ways over the same rows.</summary>
internal sealed class OverheadQuestion : IQuestion
{
    /// <summary>In the order of measuring: the inserted rows are taken away before the next round.</summary>
    private static readonly Comparison Select = Ask<SelectBenchmarks>("SELECT one organization LIMIT 50", calls: 100, articleCalls: 4);
    private static readonly Comparison Count = Ask<CountBenchmarks>("COUNT(*) GROUP BY status", calls: 8, articleCalls: 4);
    private static readonly Comparison Analytics = Ask<AnalyticsBenchmarks>("cross-tenant analytics (admin)", calls: 6, articleCalls: 4);
    private static readonly Comparison Insert = Ask<InsertBenchmarks>("INSERT one row", calls: 100, articleCalls: 100);

    public string Name => "overhead";

    public string Summary => "what does row-level security cost? (asked by default)";

    public async Task<Report> RunAsync()
    {
        var ways = await QueryBenchmarks.Ways.GetAsync();
        var database = await Suite.Database.GetAsync();
        Suite.Progress.Report("warming up");
        await ways.WarmUpAsync();
        Comparison[] comparisons = [Select, Count, Analytics, Insert];
        var measurements = await new Rounds(Suite.Scale, Suite.Progress).RunAsync(comparisons, Suite.StoppingToken);

        var calls = comparisons.Select(comparison => $"{string.Join(" / ", comparison.Cases.Select(way => way.Calls))} {comparison.Title}");
        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.Description}",
            $"Rows: {Figures.Count(database.Dataset.InvoiceCount)} invoices of {Dataset.OrganizationCount} organizations; "
            + $"the measured one has {Figures.Count(ways.MeasuredInvoices)}",
            $"Calls: {measurements.Rounds} rounds of (without / with / article) {string.Join("; ", calls)}");
        var report = new Report(Name, "Overhead of row-level security") { Facts = facts };
        return report
            .Add(new ComparisonTable(measurements).Of([Select, Count, Insert, Analytics]))
            .Note(
                "Every way gave the same rows before anything was timed. A call is a whole request: a connection from the pool, "
                + "the query, its rows as objects.",
                "without RLS: plain Dapper with WHERE org_id on unprotected tables, its connections reset by Npgsql after use. With RLS: ITenantSession, no "
                + "WHERE, reset by the library in its batch; the question breakdown tells both apart. Article's recipe: begin, set_config, "
                + "query, commit on its policies.")
            .Note(ComparisonTable.Legend)
            .Note(facts.IsDurable ? []
                : ["The server does not wait for the disk: INSERT measures processor and round trips. With fsync each commit costs all ways the same on top."]);
    }

    private static Comparison Ask<TBenchmarks>(string title, int calls, int articleCalls)
        where TBenchmarks : QueryBenchmarks => new(
        title,
        [
            Case.Of<TBenchmarks>("WithoutRls", "without RLS", calls),
            Case.Of<TBenchmarks>("WithRls", "with RLS (this library)", calls),
            Case.Of<TBenchmarks>("ArticleRecipe", "article's recipe", articleCalls),
        ]);
}
