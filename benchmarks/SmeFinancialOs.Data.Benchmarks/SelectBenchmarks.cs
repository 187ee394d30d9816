using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The newest 50 invoices of one organization.</summary>
public class SelectBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<InvoiceRow>> WithoutRls() => Database.WithoutRls.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> WithRls() => Database.WithRls.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> ArticleRecipe() => Database.ArticleRecipe.NewestAsync();
}
