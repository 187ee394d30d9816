using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Network;
using SmeFinancialOs.Data.Benchmarks.Peers;

namespace SmeFinancialOs.Data.Benchmarks.Distance;

/// <summary>The ways by way of a network whose length can be set, and SELECT 1 to measure it with.</summary>
internal sealed class DistantPeers : IAsyncDisposable
{
    private readonly NpgsqlConnection _pinged;
    private readonly NpgsqlCommand _ping;

    private DistantPeers(SimulatedNetwork network, PeerWays ways, NpgsqlConnection pinged)
    {
        (Network, Ways, _pinged) = (network, ways, pinged);
        _ping = new NpgsqlCommand("SELECT 1", pinged);
    }

    public SimulatedNetwork Network { get; }

    public PeerWays Ways { get; }

    public static async Task<DistantPeers> CreateAsync()
    {
        var database = await Suite.Database.GetAsync();
        var network = new SimulatedNetwork(database.SuperuserConnectionString);
        try
        {
            var ways = await PeerWays.CreateAsync(database, network.Route);
            var result = new DistantPeers(network, ways, new NpgsqlConnection(network.Route(database.TwinConnectionString)));
            // Prepared and kept open: what is left is the trip.
            await result._pinged.OpenAsync();
            await result._ping.PrepareAsync();
            return result;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public Task<object?> PingAsync() => _ping.ExecuteScalarAsync();

    public async ValueTask DisposeAsync()
    {
        await _ping.DisposeAsync();
        await _pinged.DisposeAsync();
        await Ways.DisposeAsync();
        Network.Dispose();
    }
}
