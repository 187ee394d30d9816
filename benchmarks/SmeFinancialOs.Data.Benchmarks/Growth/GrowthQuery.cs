using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>One query of all tables, in all ways.</summary>
internal sealed class GrowthQuery
{
    private static readonly Queries Unbound = new(TableSets.Protected, " WHERE org_id = @org");
    private static readonly Queries Bound = new(TableSets.Protected, "");

    private GrowthQuery(string title, IReadOnlyList<GrowthLine> lines) => (Title, Lines) = (title, lines);

    public string Title { get; }

    public IReadOnlyList<GrowthLine> Lines { get; }

    public IReadOnlyList<Comparison> Comparisons =>
        [.. Lines.GroupBy(line => line.Subject).Select(lines => new Comparison(lines.Key.Name, [.. lines.Select(line => line.Case)]))];

    /// <summary>The queries whose cost need not grow with the table.</summary>
    public static async Task<IReadOnlyList<GrowthQuery>> AllAsync() =>
    [
        new("Newest 50 invoices", await ReadAsync<GrowthListBenchmarks>(queries => queries.Newest, GrowthSubject.All, calls: 40)),
        new($"Count and sum of {Figures.Count(GrowthTable.SameRows)} invoices by status", await ReadAsync<GrowthAggregateBenchmarks>(
            queries => queries.TotalsByStatus, GrowthSubject.All.Where(subject => !subject.IsLarge), calls: 12)),
        new("Insert one invoice",
            [.. GrowthSubject.All.Where(subject => !subject.IsLarge).SelectMany(subject => Ways<GrowthInsertBenchmarks>(subject, calls: 40))]),
    ];

    /// <summary>The one whose cost has to: it reads half of the table, seconds long where that has ten million rows.</summary>
    public static async Task<GrowthQuery> LargeAsync() => new("Count and sum of half of the table by status", await ReadAsync<GrowthAggregateBenchmarks>(
        queries => queries.TotalsByStatus, GrowthSubject.All.Where(subject => subject.IsLarge), calls: 1));

    public GrowthLine Find(string method, GrowthSubject subject) => Lines.Single(line => line.Method == method && line.Subject == subject);

    /// <summary>The same way to ask the same organization of the smallest table.</summary>
    public GrowthLine SmallestOf(GrowthLine line) => Find(line.Method, line.Subject.Smallest);

    private static async Task<IReadOnlyList<GrowthLine>> ReadAsync<TBenchmarks>(Func<Queries, string> query, IEnumerable<GrowthSubject> subjects, int calls)
    {
        var databases = await GrowthBenchmarks.Databases.GetAsync();
        var lines = new List<GrowthLine>();
        foreach (var subject in subjects)
        {
            var owner = databases.Of(subject.Table).SuperuserConnectionString;
            var organization = GeneratedRows.OrganizationId(subject.Organization);
            var unbound = await QueryPlan.ReadAsync(owner, query(Unbound), organization, isTenant: false);
            var bound = await QueryPlan.ReadAsync(owner, query(Bound), organization, isTenant: true);
            lines.AddRange(Ways<TBenchmarks>(subject, calls)
                .Select(line => line with { Plan = line.Method == nameof(GrowthListBenchmarks.Session) ? bound : unbound }));
        }

        return lines;
    }

    private static IEnumerable<GrowthLine> Ways<TBenchmarks>(GrowthSubject subject, int calls) =>
    [
        Way<TBenchmarks>(subject, nameof(GrowthListBenchmarks.AdoNet), "ADO.NET, WHERE", calls),
        Way<TBenchmarks>(subject, nameof(GrowthListBenchmarks.Dapper), "Dapper, WHERE", calls),
        Way<TBenchmarks>(subject, nameof(GrowthListBenchmarks.Session), "session (this library)", calls),
    ];

    private static GrowthLine Way<TBenchmarks>(GrowthSubject subject, string method, string title, int calls) =>
        new(subject, method, Case.Of<TBenchmarks>(method, title, calls, (nameof(GrowthBenchmarks.Subject), subject.Key)));
}
