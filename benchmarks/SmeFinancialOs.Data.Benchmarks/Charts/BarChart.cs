using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace SmeFinancialOs.Data.Benchmarks.Charts;

/// <summary>Horizontal bars, the first on top.</summary>
/// <param name="title">What is shown, and its unit.</param>
/// <param name="bars">Each with its label and color, see <see cref="Theme"/>.</param>
/// <param name="format">Of the figure next to a bar, as string.Format takes it.</param>
internal sealed class BarChart(string title, IReadOnlyList<(string Label, double Value, OxyColor Color)> bars, string format = "{0:0}")
{
    public string ToSvg()
    {
        // OxyPlot guesses the width of a text too small without a font to measure with.
        var left = 10 + (7 * bars.Max(bar => bar.Label.Length));
        var model = new PlotModel
        {
            Title = title,
            PlotAreaBorderThickness = new OxyThickness(0),
            PlotMargins = new OxyThickness(left, double.NaN, double.NaN, double.NaN)
        };
        var labels = new CategoryAxis
        {
            Position = AxisPosition.Left,
            StartPosition = 1,
            EndPosition = 0,
            TickStyle = TickStyle.None,
            AxislineColor = Theme.Grid,
            GapWidth = 0.4
        };
        var series = new BarSeries
        {
            LabelFormatString = format,
            LabelPlacement = LabelPlacement.Outside,
            LabelMargin = 6,
            TextColor = Theme.Text,
            StrokeThickness = 0
        };
        foreach (var (label, value, color) in bars)
        {
            labels.Labels.Add(label);
            series.Items.Add(new BarItem { Value = value, Color = color });
        }

        model.Axes.Add(labels);
        // Room on the right for the figure of the longest bar.
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Minimum = 0, MaximumPadding = 0.12, IsAxisVisible = false });
        model.Series.Add(series);
        return Theme.Render(model, 820, 60 + (bars.Count * 30));
    }
}
