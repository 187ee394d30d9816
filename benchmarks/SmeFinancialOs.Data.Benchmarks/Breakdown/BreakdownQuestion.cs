using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>Where does the time of a protected request go? The same request, built up step by step.</summary>
internal sealed class BreakdownQuestion : IQuestion
{
    private static readonly Ladder Newest = LadderOf<NewestLadderBenchmarks>("Newest 50 invoices", calls: 100);
    private static readonly Ladder Count = LadderOf<CountLadderBenchmarks>("COUNT(*) GROUP BY status", calls: 4);
    private static readonly Ladder Insert = new(
        "INSERT one row",
        Yardstick: 1,
        new Step(Case.Of<InsertLadderBenchmarks>("Plain", "INSERT, hand-coded", 100), On: null),
        new Step(Case.Of<InsertLadderBenchmarks>("Dapper", "INSERT, Dapper", 100), On: 1),
        new Step(Case.Of<InsertLadderBenchmarks>("SettingsInBatch", "settings in the same trip", 100), On: 1),
        new Step(Case.Of<InsertLadderBenchmarks>("WithoutPolicies", "protected table, BYPASSRLS", 100), On: 3),
        new Step(Case.Of<InsertLadderBenchmarks>("WithPolicies", "protected table, policies", 100), On: 4),
        new Step(Case.Of<InsertLadderBenchmarks>("Session", "this library's session", 100), On: 5));

    private static readonly Comparison NewestInServer = InServer("Newest", "newest 50 invoices, in the server", calls: 10);
    private static readonly Comparison CountInServer = InServer("Count", "COUNT(*) GROUP BY status, in the server", calls: 2);

    public string Name => "breakdown";

    public string Summary => "where does the time of a protected request go?";

    public async Task<Report> RunAsync()
    {
        var pools = await BreakdownPools.Shared.GetAsync();
        Suite.Progress.Report("comparing the rows of all steps");
        await Agreement.CheckAsync(pools);
        // One round for the compiler, the prepared statements and their plans; it is thrown away.
        Suite.Progress.Report("warming up");
        Comparison[] comparisons = [Newest.Comparison, NewestInServer, CountInServer, Count.Comparison, Insert.Comparison];
        await new Rounds(Suite.Scale with { MinRounds = 1, MaxRounds = 1 }, Suite.Progress).RunAsync(comparisons, Suite.StoppingToken);
        var scale = Suite.Scale.IsMeasurement
            ? Suite.Scale with { MeasureFor = TimeSpan.FromSeconds(80) }
            : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        var measurements = await new Rounds(scale, Suite.Progress).RunAsync(comparisons, Suite.StoppingToken);

        var calls = comparisons.Select(comparison => $"{comparison.Yardstick.Calls} {comparison.Title}");
        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.Settings}",
            $"Rows: {Figures.Count(pools.Dataset.InvoiceCount)} invoices of {Dataset.OrganizationCount} organizations",
            $"Calls: {measurements.Rounds} rounds of {string.Join("; ", calls)}");
        var report = new Report(Name, "Where the time of a protected request goes") { Facts = facts }
            .Add(new ComparisonTable(measurements).Of([NewestInServer, CountInServer]), "Inside the server: a WHERE clause against the policies");
        foreach (var (ladder, suffix) in (IEnumerable<(Ladder, string)>)[(Newest, ""), (Count, "-count"), (Insert, "-insert")])
        {
            var table = new LadderTable(ladder, measurements);
            report.Add(table.Markdown, ladder.Title).AddChart(suffix, $"{ladder.Title}: the median of each step", table.ChartSvg);
        }

        return report.Note(Notes).Note(LadderTable.Legend).Note(ComparisonTable.Legend);
    }

    private static IEnumerable<string> Notes =>
    [
        "Every step gave the same rows before anything was timed. A step has one thing more than the step it is built on; all of them take turns.",
        "In the server: the query in a PL/pgSQL loop, time of the loop divided by its turns. There is no network and no driver in it.",
        "Plan kept: PostgreSQL may plan a prepared WHERE anew for each value of its parameter where it deems that cheaper.",
        "A policy has no parameter: its plan is kept.",
        "With plan_cache_mode=force_generic_plan the WHERE keeps its plan too.",
        "The policies against the lines 'plan kept' are the predicate alone; against the first line, what a call costs or saves.",
        "BYPASSRLS: a login that the policies do not bind, with WHERE, on the same protected table. What the step 'policies' adds to it is what they cost.",
        "A step can come out below the one it is built on. Where the policies do, they save the planning of the WHERE, as the first table shows.",
        "Settings: one statement that sets tenant and role for the transaction. On its own it costs a round trip, in the same trip what the step adds.",
        "INSERT: 'settings in the same trip' is what the settings add, 'policies' what the WITH CHECK of the policies adds.",
        "Three trips: BEGIN with the settings, the query, COMMIT, hand-coded. It adds two round trips on loopback; a network makes each of them longer.",
    ];

    private static Ladder LadderOf<TBenchmarks>(string title, int calls) => new(
        title,
        Yardstick: 4,
        new Step(Case.Of<TBenchmarks>("OneTrip", "SELECT 1: an empty round trip", calls), On: null),
        new Step(Case.Of<TBenchmarks>("SettingsAlone", "settings instead of SELECT 1", calls), On: 1),
        new Step(Case.Of<TBenchmarks>("RowsSkipped", "query, rows not looked at", calls), On: 1),
        new Step(Case.Of<TBenchmarks>("RowsRead", "query, hand-coded reader", calls), On: 3),
        new Step(Case.Of<TBenchmarks>("Dapper", "query, Dapper", calls), On: 4),
        new Step(Case.Of<TBenchmarks>("SettingsInBatch", "settings in the same trip", calls), On: 4),
        new Step(Case.Of<TBenchmarks>("WithoutPolicies", "protected table, BYPASSRLS", calls), On: 6),
        new Step(Case.Of<TBenchmarks>("WithPolicies", "protected table, policies", calls), On: 7),
        new Step(Case.Of<TBenchmarks>("ThreeTrips", "three trips instead of one", calls), On: 8),
        new Step(Case.Of<TBenchmarks>("Session", "this library's session", calls), On: 8));

    private static Comparison InServer(string query, string title, int calls) => new(
        title,
        [
            Case.Of<ServerLoopBenchmarks>($"{query}Unprotected", "WHERE, unprotected table", calls),
            Case.Of<ServerLoopBenchmarks>($"{query}PlanKept", "WHERE, plan kept, unprotected table", calls),
            Case.Of<ServerLoopBenchmarks>($"{query}WithoutPolicies", "WHERE, plan kept, protected table, BYPASSRLS", calls),
            Case.Of<ServerLoopBenchmarks>($"{query}WithPolicies", "policies, protected table", calls),
        ]);
}
