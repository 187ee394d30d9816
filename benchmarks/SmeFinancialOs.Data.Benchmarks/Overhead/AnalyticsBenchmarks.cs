using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>Count and sum of every organization's invoices, as an admin.</summary>
public class AnalyticsBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<OrganizationTotal>> WithoutRls() => Asked.WithoutRls.GetTotalsByOrganizationAsync();

    [Benchmark]
    public Task<IReadOnlyList<OrganizationTotal>> WithRls() => Asked.WithRls.GetTotalsByOrganizationAsync();

    [Benchmark]
    public Task<IReadOnlyList<OrganizationTotal>> ArticleRecipe() => Asked.ArticleRecipe.GetTotalsByOrganizationAsync();
}
