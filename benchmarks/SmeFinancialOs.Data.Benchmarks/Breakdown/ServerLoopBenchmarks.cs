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
    public Task NewestUnprotected() => Unprotected(queries => queries.Newest, NewestTimes);

    [Benchmark(OperationsPerInvoke = NewestTimes)]
    public Task NewestWithoutPolicies() => WithoutPolicies(queries => queries.Newest, NewestTimes);

    [Benchmark(OperationsPerInvoke = NewestTimes)]
    public Task NewestWithPolicies() => WithPolicies(queries => queries.Newest, NewestTimes);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountUnprotected() => Unprotected(queries => queries.CountByStatus, CountTimes);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountWithoutPolicies() => WithoutPolicies(queries => queries.CountByStatus, CountTimes);

    [Benchmark(OperationsPerInvoke = CountTimes)]
    public Task CountWithPolicies() => WithPolicies(queries => queries.CountByStatus, CountTimes);

    private Task Unprotected(Func<Queries, string> choose, int times) => RunAsync(_pools.Twin, _pools.TwinLogin, choose(new Queries(TwinTables.Schema, WhereOrganization)), times);

    private Task WithoutPolicies(Func<Queries, string> choose, int times) => RunAsync(_pools.Bypass, _pools.BypassLogin, choose(new Queries(TableSets.Protected, WhereOrganization)), times);

    private Task WithPolicies(Func<Queries, string> choose, int times) => RunAsync(_pools.App, HandCoded.TenantRole, choose(new Queries(TableSets.Protected, "")), times);

    private Task RunAsync(NpgsqlDataSource dataSource, string role, string sql, int times) =>
        new ServerLoop(dataSource, _pools.Dataset.MeasuredOrganization, role, sql, times).RunAsync();
}
