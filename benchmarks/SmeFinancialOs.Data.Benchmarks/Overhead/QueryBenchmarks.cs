using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>One query in three ways, which all benchmarks of the process share.</summary>
public abstract class QueryBenchmarks
{
    internal static Shared<OverheadWays> Ways { get; } = new(OverheadWays.CreateAsync);

    private protected OverheadWays Asked { get; private set; } = null!;

    [GlobalSetup]
    public async Task SetUp() => Asked = await Ways.GetAsync();
}
