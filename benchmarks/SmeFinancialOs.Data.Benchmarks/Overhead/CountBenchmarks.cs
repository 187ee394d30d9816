using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>The invoices of one organization, counted by status.</summary>
public class CountBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<StatusCount>> WithoutRls() => Asked.WithoutRls.CountByStatusAsync();

    [Benchmark]
    public Task<IReadOnlyList<StatusCount>> WithRls() => Asked.WithRls.CountByStatusAsync();

    [Benchmark]
    public Task<IReadOnlyList<StatusCount>> ArticleRecipe() => Asked.ArticleRecipe.CountByStatusAsync();
}
