using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>
/// One invoice written, for an organization that is not measured. It stays until the database is dropped: some thousands among a hundred thousand or more.
/// </summary>
public class GrowthInsertBenchmarks : GrowthBenchmarks
{
    [Benchmark(Baseline = true)]
    public Task<int> AdoNet() => Asked.AdoNet.InsertAsync(NextRow);

    [Benchmark]
    public Task<int> Dapper() => Asked.Dapper.InsertAsync(NextRow);

    [Benchmark]
    public Task<int> Session() => Asked.Session.InsertAsync(NextRow);
}
