using System.Globalization;
using SmeFinancialOs.Data.Benchmarks.Charts;
using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Load;

/// <summary>The tables and charts of some stages.</summary>
internal sealed class LoadReport(LoadWays ways, IReadOnlyList<LoadStage> stages, Measurements measurements)
{
    private const double Target = 1.5;

    public MarkdownTable Table => new(
        ["workers", "<way", "requests/s", "p50", "p95", "p99", "max", "x hand-written", "rounds"],
        [.. stages.SelectMany(stage => ways.All.Select(way => Line(stage, way)))]);

    /// <summary>Of the most workers.</summary>
    public int Rounds => measurements.Rounds;

    public long Rows => Cells.Sum(cell => cell.Rows);

    public long ForeignRows => Cells.Sum(cell => cell.ForeignRows);

    public string ThroughputSvg => Chart("Throughput", "requests/s", isLogarithmic: false, (stage, way) => stage.Throughput(way, measurements));

    public string LatencySvg => Chart("99th percentile", "ms", isLogarithmic: true, (stage, way) => stage.CellOf(way).Nanoseconds(99) / 1e6);

    private IEnumerable<LoadCell> Cells => stages.SelectMany(stage => stage.Cells);

    /// <summary>The ratio that is promised, under the most workers.</summary>
    public string[] TargetLine()
    {
        var stage = stages[^1];
        var ratios = stage.ThroughputRatios(ways.Session, measurements);
        // As it is shown: 1.50 is not less than 1.50.
        var measured = Math.Round(Statistics.Percentile(ratios, 0.5), 2);
        return
        [
            $"throughput, {stage.Workers} workers, pool of {LoadWays.PoolSize}: session / hand-written",
            $">= {Figures.Ratio(Target)}",
            Figures.Ratio(measured),
            Figures.MiddleHalf(ratios),
            !Suite.Scale.IsMeasurement ? "not measured" : measured >= Target ? "yes" : "no",
        ];
    }

    private string[] Line(LoadStage stage, LoadWay way)
    {
        var cell = stage.CellOf(way);
        var ratios = stage.ThroughputRatios(way, measurements);
        return
        [
            way == ways.All[0] ? stage.Workers.ToString(CultureInfo.InvariantCulture) : "",
            way.Title,
            Figures.Count((long)stage.Throughput(way, measurements)),
            Figures.Duration(cell.Nanoseconds(50)),
            Figures.Duration(cell.Nanoseconds(95)),
            Figures.Duration(cell.Nanoseconds(99)),
            Figures.Duration(cell.LongestNanoseconds),
            Figures.Ratio(Statistics.Percentile(ratios, 0.5)),
            way == ways.HandWritten ? "" : Figures.MiddleHalf(ratios),
        ];
    }

    private string Chart(string title, string unit, bool isLogarithmic, Func<LoadStage, LoadWay, double> value)
    {
        var lines = ways.All.Select((way, index) => (way.Title, Color(way, index), Points(way))).ToList();
        return new LineChart(title, "workers", unit, lines) { IsXLogarithmic = true, XBase = 2, IsYLogarithmic = isLogarithmic }.ToSvg();

        IReadOnlyList<(double X, double Y)> Points(LoadWay way) => [.. stages.Select(stage => ((double)stage.Workers, value(stage, way)))];
    }

    private OxyPlot.OxyColor Color(LoadWay way, int index) =>
        way == ways.Session ? Theme.Ours : way == ways.Yardstick ? Theme.Yardstick : Theme.Other(index);
}
