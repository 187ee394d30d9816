using SmeFinancialOs.Data.Benchmarks.Network;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;

namespace SmeFinancialOs.Data.Benchmarks.Sealing;

/// <summary>The same rows with a plain context and with a sealed one, once it is known that both give the same.</summary>
internal sealed class SealingDatabases : IAsyncDisposable
{
    public static readonly TimeSpan RoundTripTime = TimeSpan.FromMilliseconds(0.5);

    private readonly SimulatedNetwork _network;
    private readonly List<SealingDatabase> _all = [];

    private SealingDatabases(SimulatedNetwork network) => _network = network;

    /// <summary>An invoice of <see cref="SealingDatabase.Asked"/>.</summary>
    public Guid OneId { get; private set; }

    public static async Task<SealingDatabases> CreateAsync()
    {
        var server = await Suite.Server.GetAsync();
        var result = new SealingDatabases(new SimulatedNetwork(server.ConnectionString) { RoundTripTime = RoundTripTime });
        try
        {
            foreach (var isSealed in (bool[])[false, true])
                result._all.Add(await SealingDatabase.CreateAsync(server, result._network, isSealed));
            await result.CheckAsync();
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public SealingDatabase Of(bool isSealed) => _all[isSealed ? 1 : 0];

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _all)
            await database.DisposeAsync();
        _network.Dispose();
    }

    /// <summary>Asked until the code is compiled for good and each connection has its statements prepared and their plans settled.</summary>
    private async Task CheckAsync()
    {
        Suite.Progress.Report("comparing the rows and warming up");
        SessionWay[] ways = [.. _all.SelectMany(database => new[] { database.Near, database.Far })];
        for (var call = 0; call < (Suite.Scale.IsMeasurement ? 300 : 10); call++)
        {
            var newest = await SameRows.CheckAsync("newest 50", ways, way => way.ListAsync(SealingDatabase.Asked));
            SameRows.Require(newest.Count == 50 && newest.All(row => row.OrgId == SealingDatabase.Asked),
                "the newest 50 are not 50 rows of their organization");
            OneId = newest[^1].Id;
            var one = await SameRows.CheckAsync("one row", _all, database => database.OneAsync(OneId));
            SameRows.Require(one.SequenceEqual([newest[^1]]), "one row is not the one that was asked for");
        }

        await SameRows.CheckAsync("count and sum", ways, way => way.TotalsAsync(SealingDatabase.Asked));
        foreach (var database in _all)
        {
            for (var call = 0; call < 10; call++)
            {
                await database.InsertAsync();
                SameRows.Require((await database.WorkAsync()).Count == 50, "the unit of work does not give 50 rows");
            }
        }

        await SameRows.CheckInsertAsync(ways, () => NextRow.For(SealingDatabase.Asked));
    }
}
