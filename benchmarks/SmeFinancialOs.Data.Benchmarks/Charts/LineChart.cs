using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace SmeFinancialOs.Data.Benchmarks.Charts;

/// <summary>Lines over a number.</summary>
/// <param name="title">What is shown.</param>
/// <param name="x">Title of the horizontal axis, with its unit.</param>
/// <param name="y">Title of the vertical axis, with its unit.</param>
/// <param name="lines">Each with its name, color (see <see cref="Theme"/>) and points.</param>
internal sealed class LineChart(string title, string x, string y,
    IReadOnlyList<(string Name, OxyColor Color, IReadOnlyList<(double X, double Y)> Points)> lines)
{
    /// <summary>Tell lines of one color apart.</summary>
    private static readonly LineStyle[] Dashes = [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot];

    /// <summary>For values that span several powers of ten.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>The ticks of a logarithmic horizontal axis are its powers.</summary>
    public double XBase { get; init; } = 10;

    /// <inheritdoc cref="IsXLogarithmic"/>
    public bool IsYLogarithmic { get; init; }

    public string ToSvg()
    {
        var model = new PlotModel { Title = title };
        model.Axes.Add(MakeAxis(AxisPosition.Bottom, x, IsXLogarithmic, XBase));
        model.Axes.Add(MakeAxis(AxisPosition.Left, y, IsYLogarithmic));
        // A line each, below the axis: OxyPlot guesses the width of a text too small without a font to measure with, and its height too.
        model.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.BottomLeft,
            LegendPlacement = LegendPlacement.Outside,
            LegendOrientation = LegendOrientation.Vertical,
            LegendLineSpacing = 8,
            LegendTextColor = Theme.Text,
        });
        foreach (var (index, (name, color, points)) in lines.Index())
        {
            var dash = Dashes[lines.Take(index).Count(line => line.Color == color) % Dashes.Length];
            var series = new LineSeries
            {
                Title = name,
                Color = color,
                LineStyle = dash,
                StrokeThickness = 2,
                MarkerType = MarkerType.Circle,
                MarkerSize = 3,
                MarkerFill = color
            };
            series.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(series);
        }

        return Theme.Render(model, 820, 400 + (lines.Count * 18));
    }

    private static Axis MakeAxis(AxisPosition position, string title, bool isLogarithmic, double logarithmicBase = 10)
    {
        Axis axis = isLogarithmic ? new LogarithmicAxis { Base = logarithmicBase } : new LinearAxis { Minimum = 0 };
        axis.Position = position;
        axis.Title = title;
        axis.AxisTitleDistance = position == AxisPosition.Left ? 16 : 8;
        axis.TicklineColor = axis.AxislineColor = axis.MinorTicklineColor = axis.MajorGridlineColor = Theme.Grid;
        axis.MajorGridlineStyle = LineStyle.Solid;
        return axis;
    }
}
