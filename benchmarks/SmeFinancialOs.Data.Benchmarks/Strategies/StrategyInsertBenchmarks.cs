using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>One invoice written for the next tenant. It stays until the tables are dropped.</summary>
public class StrategyInsertBenchmarks : StrategyBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<int> AdoNet() => Yardstick.InsertAsync();

    [Benchmark]
    public Task<int> DatabasePerTenant() => Database.InsertAsync();

    [Benchmark]
    public Task<int> SchemaPerTenant() => Schema.InsertAsync();

    [Benchmark]
    public Task<int> SharedWithRls() => SharedTables.InsertAsync();
}
