using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The invoices of one organization, counted by status.</summary>
public class CountBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<StatusCount>> WithoutRls() => Database.WithoutRls.CountByStatusAsync();

    [Benchmark]
    public Task<IReadOnlyList<StatusCount>> WithRls() => Database.WithRls.CountByStatusAsync();

    [Benchmark]
    public Task<IReadOnlyList<StatusCount>> ArticleRecipe() => Database.ArticleRecipe.CountByStatusAsync();
}
