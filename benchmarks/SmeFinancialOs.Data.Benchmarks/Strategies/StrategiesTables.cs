using System.Globalization;
using SmeFinancialOs.Data.Benchmarks.Charts;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>What the report of this question shows besides the calls.</summary>
internal static class StrategiesTables
{
    public static MarkdownTable Footprints(IReadOnlyList<StrategiesResult> results) => new(
        ["tenants", "<strategy", "create", "add column", "pg_class", "disk", "connections needed", "held", "memory", "private"],
        [.. results.SelectMany(result =>
            result.Footprints.Select((each, index) => Line(index == 0 ? Figures.Count(result.Tenants) : "", each.Strategy, each.Footprint)))]);

    /// <summary>A line for each strategy.</summary>
    public static string Chart(string title, string unit, IReadOnlyList<StrategiesResult> results, Func<StrategiesResult, int, double> value)
    {
        var lines = results[0].Footprints.Select((each, index) => (
            each.Strategy,
            index == 2 ? Theme.Ours : Theme.Other(index),
            (IReadOnlyList<(double, double)>)[.. results.Select(result => ((double)result.Tenants, value(result, index)))]));
        return new LineChart(title, "tenants", unit, [.. lines]) { IsXLogarithmic = true, IsYLogarithmic = true }.ToSvg();
    }

    private static string[] Line(string tenants, string strategy, Footprint footprint) =>
    [
        tenants,
        strategy,
        Figures.Duration(footprint.Create.TotalNanoseconds),
        Figures.Duration(footprint.AddColumn.TotalNanoseconds),
        Figures.Count(footprint.Catalog.Relations),
        Megabytes(footprint.Catalog.Bytes),
        Figures.Count(footprint.ConnectionsNeeded),
        Figures.Count(footprint.Backends.Count),
        Megabytes(footprint.Backends.Memory),
        Megabytes(footprint.Backends.Private),
    ];

    private static string Megabytes(long? bytes) => bytes is null ? "-" : (bytes.Value / 1048576.0).ToString("#,0.0 'MB'", CultureInfo.InvariantCulture);
}
