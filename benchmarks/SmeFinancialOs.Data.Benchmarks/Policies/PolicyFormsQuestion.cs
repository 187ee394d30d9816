using SmeFinancialOs.Data.Benchmarks.Charts;
using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Policies;

/// <summary>Why is the policy as it is? Two queries under six forms of the same predicate.</summary>
internal sealed class PolicyFormsQuestion : IQuestion
{
    private static readonly Comparison Newest = Ask("Newest", "newest 50 invoices", calls: 40);
    private static readonly Comparison Count = Ask("CountByStatus", "COUNT(*) GROUP BY status", calls: 4);

    public string Name => "policies";

    public string Summary => "why is the policy as it is?";

    public async Task<Report> RunAsync()
    {
        var tables = await PolicyFormBenchmarks.Tables.GetAsync();
        var dataset = (await Suite.Database.GetAsync()).Dataset;
        Suite.Progress.Report("comparing the rows of all forms");
        await tables.CheckAsync();
        Suite.Progress.Report("looking at the plans");
        var plans = new Dictionary<Case, QueryPlan>();
        var forms = new List<string[]>();
        for (var form = 0; form < PolicyTable.All.Count; form++)
        {
            var table = PolicyTable.All[form];
            plans[Newest.Cases[form]] = await tables.PlanAsync(table, table.Queries.Newest);
            plans[Count.Cases[form]] = await tables.PlanAsync(table, table.Queries.CountByStatus);
            var foreignRows = table.Predicate is null ? "no isolation" : Figures.Count(await tables.ForeignRowsOfMemberAsync(table));
            forms.Add([table.Title, $"`{table.Predicate ?? HandWrittenCode.WhereOrganization.Trim()}`", foreignRows]);
        }

        var scale = Suite.Scale.IsMeasurement
            ? Suite.Scale with { MeasureFor = TimeSpan.FromSeconds(100) }
            : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        var measurements = await new Rounds(scale, Suite.Progress).RunAsync([Newest, Count], Suite.StoppingToken);
        var costs = new ComparisonTable(measurements).Of(
            [Newest, Count],
            ("<plan", way => plans[way].Nodes),
            ("rows removed", way => Figures.Count(plans[way].RowsRemoved)),
            ("pages", way => Figures.Count(plans[way].Pages)));

        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.Description}",
            $"Rows: {Figures.Count(dataset.InvoiceCount)} invoices of {Dataset.OrganizationCount} organizations in a table for each form, "
                + $"{Figures.Count(await tables.CountAsync())} of the measured one; an index on (org_id, issued_at DESC, id)",
            $"Calls: {measurements.Rounds} rounds of {Calls(Newest)}; {Calls(Count)}");
        return new Report(Name, "Why the policy is as it is") { Facts = facts }
            .Add(new MarkdownTable(["<form", "<predicate", "foreign rows to a member of admin_role"], forms), "The forms")
            .Add(costs, "What they cost")
            .AddChart("", "newest 50 invoices: the median under each form", Chart(Newest, measurements))
            .AddChart("-count", "COUNT(*) GROUP BY status: the median under each form", Chart(Count, measurements))
            .Note(Notes)
            .Note(ComparisonTable.Legend);
    }

    private static IEnumerable<string> Notes =>
    [
        "Each form has a copy of the same table. All gave the same rows before anything was timed.",
        "The role is bound by the policies; settings and query go out in one round trip, in all forms alike.",
        "plan: of the query once it is prepared and was run five times. InitPlan: evaluated once a statement. Seq Scan: reads the rows of all organizations.",
        "rows removed: read, compared and thrown away; those of parallel workers are rounded. pages: of 8 kB, from the cache or not.",
        "wrapped: (SELECT ..) makes PostgreSQL ask for the setting once a statement, whatever the plan, and an index can serve it.",
        "not wrapped: where the plan is a Seq Scan, the setting is asked for again for each row.",
        "not wrapped: the plan is made for the organization that comes first and then kept.",
        "cast on the column: the index is on org_id, not on org_id::text, and of no use.",
        "VOLATILE function: called for each row. OR pg_has_role: no index serves it.",
        "foreign rows to a member of admin_role: what a login sees that is a member of that role, without SET ROLE.",
        "pg_has_role(.., 'MEMBER') is true for every member: isolation is off for all that it does.",
    ];

    private static string Calls(Comparison query) => $"{string.Join(" / ", query.Cases.Select(way => way.Calls))} {query.Title}";

    private static string Chart(Comparison query, Measurements measurements) => new BarChart(
        $"{query.Title}, median in ms",
        [.. query.Cases.Select((way, form) => (way.Title, measurements.Median(way) / 1e6, Color(PolicyTable.All[form].Form)))],
        "{0:0.0}").ToSvg();

    private static OxyPlot.OxyColor Color(PolicyForm form) => form switch
    {
        PolicyForm.None => Theme.Yardstick,
        PolicyForm.Wrapped => Theme.Ours,
        _ => Theme.Other(0),
    };

    /// <summary>Fewer calls of the forms that no index serves: they take a hundred times as long.</summary>
    private static Comparison Ask(string method, string title, int calls) => new(
        title,
        [
            .. PolicyTable.All.Select(table => Case.Of<PolicyFormBenchmarks>(
                method, table.Title, table.Form > PolicyForm.Unwrapped ? 2 : calls, (nameof(PolicyFormBenchmarks.Form), table.Form))),
        ]);
}
