namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>A ratio that was promised, or is worth a line, and what it is.</summary>
/// <param name="Figure">What is divided by what.</param>
/// <param name="AtMost">The promise; null for a ratio without one.</param>
/// <param name="Measured">Over all rounds; null where it could not be measured.</param>
/// <param name="Rounds">The ratio of each round; empty where it does not depend on the round.</param>
internal sealed record Target(string Figure, double? AtMost, double? Measured, IReadOnlyList<double> Rounds)
{
    /// <summary>A line for each.</summary>
    public static MarkdownTable Table(IEnumerable<Target> targets) =>
        new(["<figure", "target", "measured", "rounds", "<met"], [.. targets.Select(target => target.Line())]);

    private string[] Line() =>
    [
        Figure,
        AtMost is { } atMost ? $"<= {Figures.Ratio(atMost)}" : "-",
        Measured is { } measured ? Figures.Ratio(measured) : "-",
        Rounds.Count == 0 ? "" : Figures.MiddleHalf(Rounds),
        (Suite.Scale.IsMeasurement, Measured, AtMost) switch
        {
            (_, _, null) => "-",
            (false, _, _) or (_, null, _) => "not measured",
            var (_, ratio, most) => ratio <= most ? "yes" : "no",
        },
    ];
}
