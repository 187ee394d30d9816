using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>One invoice written. Measured rows are taken away afterwards.</summary>
public class InsertBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<int> WithoutRls() => Database.WithoutRls.InsertAsync(Database.InsertedRows.Next());

    [Benchmark]
    public Task<int> WithRls() => Database.WithRls.InsertAsync(Database.InsertedRows.Next());

    [Benchmark]
    public Task<int> ArticleRecipe() => Database.ArticleRecipe.InsertAsync(Database.InsertedRows.Next());

    [GlobalCleanup]
    public Task CleanUp() => Database.InsertedRows.RemoveAsync();
}
