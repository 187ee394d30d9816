using System.Globalization;
using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>Figures as the tables show them.</summary>
internal static class Figures
{
    public static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:0} us"),
        < 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:#,0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000:#,0.0} s"),
    };

    /// <summary>A duration on top of another, or below it.</summary>
    public static string Difference(double nanoseconds) => (nanoseconds < 0 ? "-" : "+") + Duration(Math.Abs(nanoseconds));

    public static string Ratio(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    /// <summary>Of the ratio of each round by itself, the middle half.</summary>
    public static string MiddleHalf(IReadOnlyCollection<double> ratios) =>
        $"{Ratio(Statistics.Percentile(ratios, 0.25))} - {Ratio(Statistics.Percentile(ratios, 0.75))}";

    /// <summary>What is on top of the yardstick: 1.1 is +10.0 %.</summary>
    public static string Overhead(double ratio) => Math.Round((ratio - 1) * 100, 1) switch
    {
        // Not a tenth of a percent below would be written with both signs.
        0 => "+0.0 %",
        var percent => percent.ToString(ratio < 2 ? "+0.0 '%';-0.0 '%'" : "+#,0 '%'", CultureInfo.InvariantCulture),
    };

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
