using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>What was measured with so many tenants.</summary>
internal sealed record StrategiesResult(
    int Tenants, int ConnectionLimit, IReadOnlyList<(string Strategy, Footprint Footprint)> Footprints, IReadOnlyList<Comparison> Comparisons,
    Measurements Measurements)
{
    public static async Task<StrategiesResult> MeasureAsync(int tenants, Scale scale)
    {
        var set = await (await StrategyBenchmarks.Sets.GetAsync()).OfAsync(tenants);
        Comparison[] comparisons =
        [
            Ask<StrategyListBenchmarks>($"newest 50, {tenants} tenants", set),
            Ask<StrategyInsertBenchmarks>($"insert, {tenants} tenants", set),
        ];
        var measurements = await new Rounds(scale, Suite.Progress).RunAsync(comparisons, Suite.StoppingToken);
        return new StrategiesResult(
            tenants, set.ConnectionLimit, [.. set.Footprints.Select(each => (each.Strategy.Name, each.Footprint))], comparisons, measurements);
    }

    private static Comparison Ask<TBenchmarks>(string title, StrategySet set)
    {
        string[] methods = [nameof(StrategyListBenchmarks.DatabasePerTenant), nameof(StrategyListBenchmarks.SchemaPerTenant),
            nameof(StrategyListBenchmarks.SharedWithRls)];
        return new Comparison(
            title,
            [
                Of(nameof(StrategyListBenchmarks.AdoNet), "ADO.NET, one shared table, WHERE, no RLS"),
                .. methods.Zip(set.Footprints, (method, each) => Of(method, each.Strategy.Name)),
            ]);

        Case Of(string method, string name) => Case.Of<TBenchmarks>(method, name, calls: 50, (nameof(StrategyBenchmarks.Tenants), set.Tenants.Count));
    }
}
