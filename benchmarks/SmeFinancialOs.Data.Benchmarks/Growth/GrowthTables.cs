using SmeFinancialOs.Data.Benchmarks.Charts;
using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>What the report of this question shows.</summary>
internal static class GrowthTables
{
    public static MarkdownTable Of(GrowthQuery query, Measurements measurements)
    {
        return query.Lines[0].Plan is null
            ? new ComparisonTable(measurements).Of(query.Comparisons, ("growth", Growth))
            : new ComparisonTable(measurements).Of(
                query.Comparisons, ("read by", way => Plan(way).ReadBy), ("buffers", way => Figures.Count(Plan(way).Buffers)), ("growth", Growth));

        GrowthLine Line(Case way) => query.Lines.Single(line => line.Case == way);
        QueryPlan Plan(Case way) => Line(way).Plan!;
        string Growth(Case way) => Figures.Ratio(measurements.Ratio(way, query.SmallestOf(Line(way)).Case));
    }

    /// <summary>The organization that has the same rows in every table, in the even ones.</summary>
    public static string Chart(IReadOnlyList<GrowthQuery> queries, Measurements measurements)
    {
        string[] names = ["list", $"aggregate of {Figures.Count(GrowthTable.SameRows)} rows", "insert"];
        (string Method, string Name)[] ways = [(nameof(GrowthListBenchmarks.Session), "session"), (nameof(GrowthListBenchmarks.AdoNet), "ADO.NET")];
        var lines = queries.SelectMany((query, index) => ways.Select((way, wayIndex) => (
            $"{names[index]}, {way.Name}",
            Color(index, wayIndex),
            (IReadOnlyList<(double, double)>)[.. query.Lines
                .Where(line => line.Method == way.Method && !line.Subject.Table.IsSkewed)
                .Select(line => ((double)line.Subject.Table.Rows, measurements.Median(line.Case) / 1000))])));
        return new LineChart("Median of a call over the rows of the table", "rows of the table", "us", [.. lines])
        {
            IsXLogarithmic = true,
            IsYLogarithmic = true
        }.ToSvg();
    }

    private static OxyPlot.OxyColor Color(int query, int way) => (query, way) switch
    {
        (0, 0) => Theme.Ours,
        (0, _) => Theme.Yardstick,
        _ => Theme.Other(((query - 1) * 2) + way),
    };
}
