using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>One invoice written. Measured rows are taken away afterwards.</summary>
public class InsertBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<int> WithoutRls() => Asked.WithoutRls.InsertAsync(Asked.InsertedRows.Next());

    [Benchmark]
    public Task<int> WithRls() => Asked.WithRls.InsertAsync(Asked.InsertedRows.Next());

    [Benchmark]
    public Task<int> ArticleRecipe() => Asked.ArticleRecipe.InsertAsync(Asked.InsertedRows.Next());

    [GlobalCleanup]
    public Task CleanUp() => Asked.InsertedRows.RemoveAsync();
}
