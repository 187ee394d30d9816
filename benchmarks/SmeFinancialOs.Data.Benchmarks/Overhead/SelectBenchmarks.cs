using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>The newest 50 invoices of one organization.</summary>
public class SelectBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<InvoiceRow>> WithoutRls() => Asked.WithoutRls.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> WithRls() => Asked.WithRls.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> ArticleRecipe() => Asked.ArticleRecipe.NewestAsync();
}
