namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>A line for each way of each comparison, its yardstick first.</summary>
internal sealed class ComparisonTable(Measurements measurements)
{
    /// <summary>What the columns mean, for the legend of a report.</summary>
    public static IReadOnlyList<string> Legend { get; } =
    [
        "median, p95: over all single calls of all rounds.",
        "ratio, overhead: the median divided by that of the yardstick, the first line; p95 overhead: the p95 divided by its p95.",
        "rounds: the ratio of each round by itself, the middle half. Where it spans more than the overhead, the machine was too busy to tell.",
    ];

    /// <param name="comparisons">In the order of the table.</param>
    /// <param name="more">Further columns, after the name of the way.</param>
    public MarkdownTable Of(IReadOnlyList<Comparison> comparisons, params (string Header, Func<Case, string> Cell)[] more) => new(
        ["<query", "<way", .. more.Select(column => column.Header), "median", "p95", "ratio", "rounds", "overhead", "p95 overhead"],
        [.. comparisons.SelectMany(comparison => comparison.Cases.Select(way => Line(comparison, way, more)))]);

    private string[] Line(Comparison comparison, Case way, (string Header, Func<Case, string> Cell)[] more)
    {
        var yardstick = comparison.Yardstick;
        var isYardstick = way == yardstick;
        var ratio = measurements.Ratio(way, yardstick);
        var rounds = measurements.RatiosOfRounds(way, yardstick);
        return
        [
            isYardstick ? comparison.Title : "",
            way.Title,
            .. more.Select(column => column.Cell(way)),
            Figures.Duration(measurements.Median(way)),
            Figures.Duration(measurements.Percentile(way, 0.95)),
            Figures.Ratio(ratio),
            isYardstick ? "" : Figures.MiddleHalf(rounds),
            isYardstick ? "" : Figures.Overhead(ratio),
            isYardstick ? "" : Figures.Overhead(measurements.Percentile(way, 0.95) / measurements.Percentile(yardstick, 0.95)),
        ];
    }
}
