using BenchmarkDotNet.Attributes;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>One query, asked of one tenant after the other, in the yardstick's way and in three strategies.</summary>
public abstract class StrategyBenchmarks
{
    public static IEnumerable<int> Counts => Strategies.Tenants.Counts;

    /// <summary>How many tenants there are.</summary>
    [ParamsSource(nameof(Counts))]
    public int Tenants { get; set; }

    internal static Shared<CurrentSet> Sets { get; } = new(async () =>
    {
        // Started first, so that it is stopped last.
        await Suite.Server.GetAsync();
        return new CurrentSet();
    });

    private protected RoundRobin Yardstick => Asked[0];

    private protected RoundRobin Database => Asked[1];

    private protected RoundRobin Schema => Asked[2];

    private protected RoundRobin SharedTables => Asked[3];

    private IReadOnlyList<RoundRobin> Asked { get; set; } = [];

    [GlobalSetup]
    public async Task SetUp() => Asked = (await (await Sets.GetAsync()).OfAsync(Tenants)).Asked;
}
