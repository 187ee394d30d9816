using BenchmarkDotNet.Attributes;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>The predicate alone: a WHERE clause against the policies, inside the server.</summary>
public class ServerLoopBenchmarks
{
    /// <summary>So many that the round trip around the loop is lost among them.</summary>
    private const int NewestTimes = 200;

    private const int CountTimes = 3;
    private const string WhereOrganization = " WHERE org_id = org";

    private BreakdownPools _pools = null!;

    [GlobalSetup]
    public async Task SetUp() => _pools = await BreakdownPools.Shared.GetAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = NewestTimes)]
    public Task NewestUnprotected() => UnprotectedAsync(Newest, NewestTimes, isPlanKept: false);

    [Benchmark(OperationsPerInvoke = NewestTimes)]
    public Task NewestPlanKept() => UnprotectedAsync(Newest, NewestTimes, isPlanKept: true);

    [Benchmark(OperationsPerInvoke = NewestTimes)]
    public Task NewestWithoutPolicies() => WithoutPoliciesAsync(Newest, NewestTimes);

    [Benchmark(OperationsPerInvoke = NewestTimes)]
    public Task NewestWithPolicies() => WithPoliciesAsync(Newest, NewestTimes);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountUnprotected() => UnprotectedAsync(Count, CountTimes, isPlanKept: false);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountPlanKept() => UnprotectedAsync(Count, CountTimes, isPlanKept: true);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountWithoutPolicies() => WithoutPoliciesAsync(Count, CountTimes);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountWithPolicies() => WithPoliciesAsync(Count, CountTimes);

    private static string Newest(Queries queries) => queries.Newest;

    private static string Count(Queries queries) => queries.CountByStatus;

    private Task UnprotectedAsync(Func<Queries, string> choose, int times, bool isPlanKept) =>
        RunAsync(_pools.Twin, _pools.TwinLogin, choose(new Queries(TwinTables.Schema, WhereOrganization)), times, isPlanKept);

    private Task WithoutPoliciesAsync(Func<Queries, string> choose, int times) =>
        RunAsync(_pools.Bypass, _pools.BypassLogin, choose(new Queries(TableSets.Protected, WhereOrganization)), times, isPlanKept: true);

    private Task WithPoliciesAsync(Func<Queries, string> choose, int times) =>
        RunAsync(_pools.App, HandWrittenCode.TenantRole, choose(new Queries(TableSets.Protected, "")), times, isPlanKept: false);

    private Task RunAsync(NpgsqlDataSource dataSource, string role, string sql, int times, bool isPlanKept) =>
        new ServerLoop(dataSource, _pools.Dataset.MeasuredOrganization, role, sql, times, isPlanKept).RunAsync();
}
