using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Peers;

namespace SmeFinancialOs.Data.Benchmarks.Distance;

/// <summary>The request, with a network between app and server.</summary>
public class DistanceBenchmarks : RequestBenchmarks
{
    private DistantPeers _peers = null!;

    /// <summary>The network's round-trip time. 0 is the proxy alone; half a millisecond is another data center of the same city.</summary>
    [Params(0.0, 0.5, 1.0, 5.0)]
    public double Milliseconds { get; set; }

    internal static Shared<DistantPeers> Peers { get; } = new(DistantPeers.CreateAsync);

    [GlobalSetup]
    public async Task SetUp()
    {
        _peers = await Peers.GetAsync();
        _peers.Network.RoundTripTime = TimeSpan.FromMilliseconds(Milliseconds);
        Asked = _peers.Ways;
    }

    /// <summary>An answer of one value on an open connection: the network itself.</summary>
    [Benchmark]
    public Task<object?> Ping() => _peers.PingAsync();
}
