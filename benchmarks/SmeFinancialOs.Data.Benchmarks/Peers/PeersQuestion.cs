using Microsoft.EntityFrameworkCore;
using SmeFinancialOs.Data.Benchmarks.Charts;
using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>How long does one protected request take, compared with what people use today?</summary>
internal sealed class PeersQuestion : IQuestion
{
    private const int Calls = 100;

    public string Name => "peers";

    public string Summary => "how long does a protected request take, compared with Dapper, EF Core and Prisma?";

    public async Task<Report> RunAsync()
    {
        var database = await Suite.Database.GetAsync();
        var ways = await PeerBenchmarks.Ways.GetAsync();
        var prisma = await PeerBenchmarks.Prisma.GetAsync();
        await prisma.CompareAsync(ways);
        var roundTrips = await RoundTrips.CountAsync(database);
        await ways.WarmUpAsync();
        await prisma.WarmUpAsync();
        var comparison = new Comparison(
            "newest 50 invoices",
            [.. ways.All.Select(way => Case.Of<PeerBenchmarks>(way.Method, way.Peer.Title, Calls)), .. prisma.Cases(Calls)]);
        var bytes = CountBytes(ways);
        var measurements = await new Rounds(Suite.Scale, Suite.Progress).RunAsync([comparison], Suite.StoppingToken);

        var report = new Report(Name, "One protected request, compared with what people use today")
        {
            Facts = await RunFacts.CollectAsync(
                await Suite.Server.GetAsync(),
                $"Peers: EF Core {RunFacts.Version<DbContext>()}; {prisma.Description}",
                $"Connections: {BenchmarkPools.Settings}",
                $"Rows: {Figures.Count(database.Dataset.InvoiceCount)} invoices of {Dataset.OrganizationCount} organizations",
                $"Calls: {measurements.Rounds} rounds of {Calls} calls of each way"),
        };
        var targets = new PeerTargets(ways, comparison.Cases, measurements, bytes);
        return report
            .AddChart("", "Median time of one request, for each way", Chart(comparison, measurements))
            .Add(Table(comparison, measurements, roundTrips, bytes))
            .Add(Target.Table(targets.All), "Targets")
            .Note(PeerNotes.All)
            .Note(prisma.IsSkipped ? [prisma.Description] : [])
            .Note(ComparisonTable.Legend);
    }

    private static Dictionary<string, long> CountBytes(PeerWays ways)
    {
        var bytes = new Dictionary<string, long>();
        foreach (var (method, peer) in ways.All)
        {
            Suite.Progress.Report($"counting allocations: {peer.Title}");
            bytes[peer.Title] = Allocations.OfCall<PeerBenchmarks>(method);
        }

        return bytes;
    }

    private static MarkdownTable Table(
        Comparison comparison, Measurements measurements, IReadOnlyDictionary<string, int> roundTrips, Dictionary<string, long> bytes) =>
        new ComparisonTable(measurements).Of(
            [comparison],
            ("round trips", way => $"{roundTrips[way.Title]}"),
            ("bytes", way => bytes.TryGetValue(way.Title, out var count) ? Figures.Count(count) : "-"));

    private static string Chart(Comparison comparison, Measurements measurements) => new BarChart(
        "Median time of one request, microseconds",
        [.. comparison.Cases.Select(way => (way.Title, measurements.Median(way) / 1000, PeerColors.Of(way.Title)))]).ToSvg();
}
