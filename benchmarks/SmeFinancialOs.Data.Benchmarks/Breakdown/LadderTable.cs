using SmeFinancialOs.Data.Benchmarks.Charts;
using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>The steps of a ladder with what each adds.</summary>
internal sealed class LadderTable(Ladder ladder, Measurements measurements)
{
    public static IReadOnlyList<string> Legend { get; } =
    [
        "median: over all single calls of all rounds. adds: that median minus the median of the step in the column 'on'.",
        "rounds: what the step added in each round by itself, the middle half. Where it reaches from below zero to above, this machine cannot tell.",
        "ratio: the median divided by that of hand-coded ADO.NET on unprotected tables, the line with 1.00.",
    ];

    public MarkdownTable Markdown => new(
        ["no.", "<step", "on", "median", "adds", "rounds", "ratio"],
        [.. ladder.Steps.Select((step, index) => Line(step, index + 1))]);

    public string ChartSvg => new BarChart(
        $"{ladder.Title}, median in us",
        [.. ladder.Steps.Select((step, index) => ($"{index + 1} {step.Case.Title}", measurements.Median(step.Case) / 1000, Color(step)))]).ToSvg();

    private Case Yardstick => ladder.Comparison.Yardstick;

    private string[] Line(Step step, int number)
    {
        var below = step.On is { } on ? ladder.Steps[on - 1].Case : null;
        var differences = below is null ? [] : measurements.DifferencesOfRounds(step.Case, below);
        return
        [
            $"{number}",
            step.Case.Title,
            $"{step.On}",
            Figures.Duration(measurements.Median(step.Case)),
            below is null ? "" : Figures.Difference(measurements.Median(step.Case) - measurements.Median(below)),
            below is null ? "" : $"{Quarter(differences, 0.25)} .. {Quarter(differences, 0.75)}",
            Figures.Ratio(measurements.Ratio(step.Case, Yardstick)),
        ];
    }

    private static string Quarter(double[] differences, double percentile) => Figures.Difference(Statistics.Percentile(differences, percentile));

    private OxyPlot.OxyColor Color(Step step) => step.Case == Yardstick ? Theme.Yardstick : step == ladder.Steps[^1] ? Theme.Ours : Theme.Other(0);
}
