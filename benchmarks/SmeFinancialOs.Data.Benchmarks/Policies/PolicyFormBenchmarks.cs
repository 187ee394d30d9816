using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Policies;

/// <summary>Two queries of one organization under each form of the policy.</summary>
public class PolicyFormBenchmarks
{
    private PolicyTables _tables = null!;
    private PolicyTable _table = null!;

    [ParamsAllValues]
    public PolicyForm Form { get; set; }

    internal static Shared<PolicyTables> Tables { get; } = new(PolicyTables.CreateAsync);

    [GlobalSetup]
    public async Task SetUp()
    {
        _tables = await Tables.GetAsync();
        _table = PolicyTable.All.Single(table => table.Form == Form);
    }

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Newest() => _tables.NewestAsync(_table);

    [Benchmark]
    public Task<IReadOnlyList<StatusCount>> CountByStatus() => _tables.CountByStatusAsync(_table);
}
