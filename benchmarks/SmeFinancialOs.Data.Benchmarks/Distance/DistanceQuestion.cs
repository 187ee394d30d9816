using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Peers;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Distance;

/// <summary>What does a request cost when app and server are not on one machine?</summary>
internal sealed class DistanceQuestion : IQuestion
{
    /// <summary>Calls of a round by the milliseconds between app and server: fewer where they take longer.</summary>
    private static readonly (double Milliseconds, int Calls)[] Distances = [(0, 60), (0.5, 50), (1, 40), (5, 12)];

    public string Name => "distance";

    public string Summary => "what does a network between app and server add to a request?";

    public async Task<Report> RunAsync()
    {
        var peers = await DistanceBenchmarks.Peers.GetAsync();
        var roundTrips = await RoundTrips.CountAsync([.. peers.Ways.Requests, (DistanceTables.Network, peers.PingAsync)], peers.Network);
        await peers.Ways.WarmUpAsync();
        var distances = Distances.Select(distance => Ask(peers.Ways, distance.Milliseconds, distance.Calls)).ToArray();
        var scale = Suite.Scale.IsMeasurement ? Suite.Scale with { MinRounds = 3, MeasureFor = TimeSpan.FromMinutes(5) } : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        var measurements = await new Rounds(scale, Suite.Progress).RunAsync(distances, Suite.StoppingToken);

        var report = new Report(Name, "A network between app and server")
        {
            Facts = await RunFacts.CollectAsync(
                await Suite.Server.GetAsync(),
                $"Connections: {BenchmarkPools.Settings}",
                $"Calls: {measurements.Rounds} rounds of {string.Join(" / ", Distances.Select(distance => distance.Calls))} calls of each way"),
        };
        var tables = new DistanceTables([.. Distances.Select(distance => distance.Milliseconds)], distances, measurements, peers.Ways);
        return report
            .AddChart("", "Median time of one request over the network's round-trip time, for each way", tables.ToSvg())
            .Add(tables.Times(roundTrips))
            .Add(Target.Table(tables.Targets), "Targets")
            .Note(
                "The columns are the network's round-trip time. A TCP proxy in this process holds back what either side sends for half of it; 0 ms is the proxy alone.",
                "network (SELECT 1): a prepared SELECT 1 on an open connection at that distance: the round-trip time as it was, the proxy's own time and the server's included.",
                "x Dapper: the median divided by that of Dapper unprotected at the same distance.",
                "round trips: how often a request waits for the server, counted by the proxy. A request pays the distance that often, so the farther the server, the more round trips alone decide.",
                "Every way gave the same rows before anything was timed. What the ways are: see the question peers.",
                "rounds: the ratio of each round by itself, the middle half.");
    }

    private static Comparison Ask(PeerWays ways, double milliseconds, int calls) => new(
        DistanceTables.Name(milliseconds),
        [
            .. ways.All.Select(way => Case.Of<DistanceBenchmarks>(way.Method, way.Peer.Title, calls, (nameof(DistanceBenchmarks.Milliseconds), milliseconds))),
            Case.Of<DistanceBenchmarks>(nameof(DistanceBenchmarks.Ping), DistanceTables.Network, calls, (nameof(DistanceBenchmarks.Milliseconds), milliseconds)),
        ]);
}
