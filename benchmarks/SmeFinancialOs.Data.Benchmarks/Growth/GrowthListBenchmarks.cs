using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>The newest 50 invoices.</summary>
public class GrowthListBenchmarks : GrowthBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<InvoiceRow>> AdoNet() => Asked.AdoNet.ListAsync(Organization);

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Dapper() => Asked.Dapper.ListAsync(Organization);

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Session() => Asked.Session.ListAsync(Organization);
}
