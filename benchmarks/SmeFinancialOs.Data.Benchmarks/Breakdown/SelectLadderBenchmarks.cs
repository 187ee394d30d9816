using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>The steps of a query, from an empty round trip to a protected request.</summary>
public abstract class SelectLadderBenchmarks<TRow>
{
    private SelectSteps<TRow> _steps = null!;

    [GlobalSetup]
    public async Task SetUp() => _steps = StepsOf(await BreakdownPools.Shared.GetAsync());

    [Benchmark]
    public Task<object?> OneTrip() => _steps.OneTripAsync();

    [Benchmark]
    public Task<object?> SettingsAlone() => _steps.SettingsAloneAsync();

    [Benchmark]
    public Task<int> RowsSkipped() => _steps.SkipAsync();

    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<TRow>> RowsRead() => _steps.ReadAsync();

    [Benchmark]
    public Task<IReadOnlyList<TRow>> Dapper() => _steps.DapperAsync();

    [Benchmark]
    public Task<IReadOnlyList<TRow>> SettingsInBatch() => _steps.SettingsInBatchAsync();

    [Benchmark]
    public Task<IReadOnlyList<TRow>> WithoutPolicies() => _steps.WithoutPoliciesAsync();

    [Benchmark]
    public Task<IReadOnlyList<TRow>> WithPolicies() => _steps.WithPoliciesAsync();

    [Benchmark]
    public Task<IReadOnlyList<TRow>> ThreeTrips() => _steps.ThreeTripsAsync();

    [Benchmark]
    public Task<IReadOnlyList<TRow>> Session() => _steps.SessionAsync();

    private protected abstract SelectSteps<TRow> StepsOf(BreakdownPools pools);
}
