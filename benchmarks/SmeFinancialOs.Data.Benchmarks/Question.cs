namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>A query of the table: its title, its class, and how many calls a round makes of each way.</summary>
/// <param name="Title">As the table names it.</param>
/// <param name="Benchmarks">The class that measures it.</param>
/// <param name="Calls">Calls a round without RLS and with this library.</param>
/// <param name="ArticleCalls">Calls a round of the article's recipe: fewer where it takes a thousand times as long.</param>
/// <param name="TableOrder">Its place in the table; <see cref="All"/> is in the order of measuring.</param>
internal sealed record Question(string Title, Type Benchmarks, int Calls, int ArticleCalls, int TableOrder)
{
    public static IReadOnlyList<Question> All { get; } =
    [
        new("SELECT one organization LIMIT 50", typeof(SelectBenchmarks), 100, 4, 1),
        new("COUNT(*) GROUP BY status", typeof(CountBenchmarks), 8, 4, 2),
        new("cross-tenant analytics (admin)", typeof(AnalyticsBenchmarks), 6, 4, 4),
        // Last of a round: its rows are taken away before the next.
        new("INSERT one row", typeof(InsertBenchmarks), 100, 100, 3),
    ];

    /// <summary>The benchmark methods in the order of the table, each with its title.</summary>
    public static IReadOnlyList<(string Method, string Title)> Ways { get; } =
    [
        (nameof(SelectBenchmarks.WithoutRls), "without RLS"),
        (nameof(SelectBenchmarks.WithRls), "with RLS (this library)"),
        (nameof(SelectBenchmarks.ArticleRecipe), "article's recipe"),
    ];

    public int CallsOf(string way) => way == nameof(SelectBenchmarks.ArticleRecipe) ? ArticleCalls : Calls;
}
