using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>The newest 50 invoices of the next tenant.</summary>
public class StrategyListBenchmarks : StrategyBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<InvoiceRow>> AdoNet() => Yardstick.ListAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> DatabasePerTenant() => Database.ListAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> SchemaPerTenant() => Schema.ListAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> SharedWithRls() => SharedTables.ListAsync();
}
