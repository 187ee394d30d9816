using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>Count and sum of all invoices of the organization, by status.</summary>
public class GrowthAggregateBenchmarks : GrowthBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<StatusTotal>> AdoNet() => Asked.AdoNet.TotalsAsync(Organization);

    [Benchmark]
    public Task<IReadOnlyList<StatusTotal>> Dapper() => Asked.Dapper.TotalsAsync(Organization);

    [Benchmark]
    public Task<IReadOnlyList<StatusTotal>> Session() => Asked.Session.TotalsAsync(Organization);
}
