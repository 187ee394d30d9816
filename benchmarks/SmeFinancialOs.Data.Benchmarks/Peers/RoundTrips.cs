using SmeFinancialOs.Data.Benchmarks.Network;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>How often a request waits for the server: counted on the wire, on a connection that is open already and has its statements prepared.</summary>
internal static class RoundTrips
{
    /// <summary>Of every way, by its title.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> CountAsync(BenchmarkDatabase database)
    {
        Suite.Progress.Report("counting round trips");
        using var network = new SimulatedNetwork(database.SuperuserConnectionString);
        await using var ways = await PeerWays.CreateAsync(database, network.Route);
        await using var prisma = await PrismaWays.StartAsync(database, network.Route);
        return await CountAsync([.. ways.Requests, .. prisma.Requests], network);
    }

    public static async Task<IReadOnlyDictionary<string, int>> CountAsync(IEnumerable<(string Title, Func<Task> Call)> requests, SimulatedNetwork network)
    {
        var counts = new Dictionary<string, int>();
        foreach (var (title, call) in requests)
        {
            // The first calls open the connection, check the login and prepare.
            for (var warmUp = 0; warmUp < 5; warmUp++)
                await call();
            var before = network.RoundTrips;
            await call();
            counts[title] = network.RoundTrips - before;
        }

        return counts;
    }
}
