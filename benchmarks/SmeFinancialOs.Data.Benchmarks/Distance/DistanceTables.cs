using System.Globalization;
using SmeFinancialOs.Data.Benchmarks.Charts;
using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Peers;

namespace SmeFinancialOs.Data.Benchmarks.Distance;

/// <summary>Ways down, distances across.</summary>
/// <param name="milliseconds">The distances.</param>
/// <param name="distances">What was measured at each; the same ways in the same order.</param>
/// <param name="measurements">Of all of them.</param>
/// <param name="ways">Tell which is which.</param>
internal sealed class DistanceTables(double[] milliseconds, Comparison[] distances, Measurements measurements, PeerWays ways)
{
    /// <summary>The title of the ping.</summary>
    public const string Network = "network (SELECT 1)";

    private const double DistanceOfTarget = 1;

    public IReadOnlyList<Target> Targets
    {
        get
        {
            var distance = distances[milliseconds.IndexOf(DistanceOfTarget)];
            var (session, dapper) = (Find(distance, ways.Session.Title), Find(distance, ways.Dapper.Title));
            return [new($"session / Dapper unprotected at {Name(DistanceOfTarget)}", 1.02, measurements.Ratio(session, dapper), measurements.RatiosOfRounds(session, dapper))];
        }
    }

    private IEnumerable<string> Titles => distances[0].Cases.Select(way => way.Title);

    public static string Name(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms");

    public MarkdownTable Times(IReadOnlyDictionary<string, int> roundTrips) => new(
        ["<way", "round trips", .. milliseconds.Select(Name), .. milliseconds.Select(distance => $"x Dapper, {Name(distance)}")],
        [
            .. Titles.Select(title => (string[])
            [
                title,
                $"{roundTrips[title]}",
                .. distances.Select(distance => Figures.Duration(measurements.Median(Find(distance, title)))),
                .. distances.Select(distance => title == Network ? "" : Figures.Ratio(measurements.Ratio(Find(distance, title), Find(distance, ways.Dapper.Title)))),
            ]),
        ]);

    public string ToSvg() => new LineChart(
        "Median time of one request",
        "round-trip time of the network, milliseconds",
        "milliseconds",
        [.. Titles.Where(title => title != Network).Select(title => (title, PeerColors.Of(title), Points(title)))]).ToSvg();

    private IReadOnlyList<(double X, double Y)> Points(string title) =>
        [.. distances.Select((distance, index) => (milliseconds[index], measurements.Median(Find(distance, title)) / 1_000_000))];

    private static Case Find(Comparison distance, string title) => distance.Cases.Single(way => way.Title == title);
}
