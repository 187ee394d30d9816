namespace SmeFinancialOs.Data.Benchmarks.Measuring;

internal static class Statistics
{
    /// <summary>A percentile (0 to 1), interpolated between the two values next to it.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double percentile)
    {
        var sorted = values.Order().ToArray();
        var position = percentile * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? double.Lerp(sorted[below], sorted[below + 1], position - below) : sorted[below];
    }
}
