using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>The steps of an INSERT. Measured rows are taken away afterwards.</summary>
public class InsertLadderBenchmarks
{
    private BreakdownPools _pools = null!;
    private InsertSteps _steps = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _pools = await BreakdownPools.Shared.GetAsync();
        _steps = new InsertSteps(_pools);
    }

    [Benchmark(Baseline = true)]
    public Task<int> Plain() => _steps.PlainAsync(_pools.InsertedRows.Next());

    [Benchmark]
    public Task<int> Dapper() => _steps.DapperAsync(_pools.InsertedRows.Next());

    [Benchmark]
    public Task<int> SettingsInBatch() => _steps.SettingsInBatchAsync(_pools.InsertedRows.Next());

    [Benchmark]
    public Task<int> WithoutPolicies() => _steps.WithoutPoliciesAsync(_pools.InsertedRows.Next());

    [Benchmark]
    public Task<int> WithPolicies() => _steps.WithPoliciesAsync(_pools.InsertedRows.Next());

    [Benchmark]
    public Task<int> Session() => _steps.SessionAsync(_pools.InsertedRows.Next());

    [GlobalCleanup]
    public Task CleanUp() => _pools.InsertedRows.RemoveAsync();
}
