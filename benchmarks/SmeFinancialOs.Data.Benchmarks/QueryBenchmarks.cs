using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>One query in three ways. The ways are asked on the database that all benchmarks of the process share.</summary>
public abstract class QueryBenchmarks
{
    private protected BenchmarkDatabase Database { get; private set; } = null!;

    [GlobalSetup]
    public async Task SetUp() => Database = await SharedDatabase.GetAsync();
}
