using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>Count and sum of every organization's invoices, as an admin.</summary>
public class AnalyticsBenchmarks : QueryBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<OrganizationTotal>> WithoutRls() => Database.WithoutRls.TotalsByOrganizationAsync();

    [Benchmark]
    public Task<IReadOnlyList<OrganizationTotal>> WithRls() => Database.WithRls.TotalsByOrganizationAsync();

    [Benchmark]
    public Task<IReadOnlyList<OrganizationTotal>> ArticleRecipe() => Database.ArticleRecipe.TotalsByOrganizationAsync();
}
