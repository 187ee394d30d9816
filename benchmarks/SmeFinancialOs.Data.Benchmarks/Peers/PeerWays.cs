using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>The ways that run in this process, each over a pool of its own, once they are known to give the same rows.</summary>
internal sealed class PeerWays : IAsyncDisposable
{
    private const int WarmUpCalls = 300;

    private readonly BenchmarkPools _pools = new();

    /// <param name="database">Has the rows.</param>
    /// <param name="route">Of each connection string: to the server, or by way of something in between.</param>
    private PeerWays(BenchmarkDatabase database, Func<string, string> route)
    {
        var organization = database.Dataset.MeasuredOrganization;
        AdoNet = new AdoNetPeer(Unprotected(), organization);
        Dapper = new DapperPeer(Unprotected(), organization);
        Session = new SessionPeer(Protected(), organization);
        UnitOfWork = new UnitOfWorkPeer(Protected(), organization);
        Transaction = new TransactionPeer(Protected(), organization);
        HandWritten = new HandWrittenPeer(Protected(), organization);
        EfCore = new EfCorePeer(Unprotected(), organization);
        EfCoreInterceptor = new EfCoreInterceptorPeer(Protected(), organization);
        EfCoreTransaction = new EfCoreTransactionPeer(Protected(), organization);

        NpgsqlDataSource Unprotected() => _pools.Add(route(database.TwinConnectionString));
        NpgsqlDataSource Protected() => _pools.Add(route(database.AppConnectionString));
    }

    public IPeer AdoNet { get; }

    public IPeer Dapper { get; }

    public IPeer Session { get; }

    public IPeer UnitOfWork { get; }

    public IPeer Transaction { get; }

    public IPeer HandWritten { get; }

    public IPeer EfCore { get; }

    public IPeer EfCoreInterceptor { get; }

    public IPeer EfCoreTransaction { get; }

    /// <summary>Each with the name of its benchmark method, in the order of the tables.</summary>
    public IReadOnlyList<(string Method, IPeer Peer)> All =>
    [
        (nameof(AdoNet), AdoNet), (nameof(Dapper), Dapper), (nameof(Session), Session), (nameof(UnitOfWork), UnitOfWork), (nameof(Transaction), Transaction),
        (nameof(HandWritten), HandWritten), (nameof(EfCore), EfCore), (nameof(EfCoreInterceptor), EfCoreInterceptor), (nameof(EfCoreTransaction), EfCoreTransaction),
    ];

    /// <summary>A call of each.</summary>
    public IEnumerable<(string Title, Func<Task> Call)> Requests => All.Select(way => (way.Peer.Title, (Func<Task>)way.Peer.NewestAsync));

    /// <summary>The rows that every way must give.</summary>
    public IReadOnlyList<InvoiceRow> Rows { get; private set; } = [];

    /// <exception cref="ResultsDifferException">The ways do not give the same rows.</exception>
    public static async Task<PeerWays> CreateAsync(BenchmarkDatabase database, Func<string, string> route)
    {
        var ways = new PeerWays(database, route);
        try
        {
            await ways.CompareAsync(database.Dataset.MeasuredOrganization);
            return ways;
        }
        catch
        {
            await ways.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until the code is compiled for good and every connection has its statements prepared.</summary>
    public async Task WarmUpAsync()
    {
        foreach (var (_, peer) in All)
        {
            Suite.Progress.Report($"warming up: {peer.Title}");
            for (var call = 0; call < WarmUpCalls; call++)
                await peer.NewestAsync();
        }
    }

    /// <exception cref="ResultsDifferException">These are other rows.</exception>
    public void Compare(string way, IReadOnlyList<InvoiceRow> rows)
    {
        if (!Rows.SequenceEqual(rows))
            throw new ResultsDifferException($"Results differ, nothing was measured: the rows of \"{way}\" are not those of \"{AdoNet.Title}\".");
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();

    private async Task CompareAsync(Guid organization)
    {
        Suite.Progress.Report("comparing the rows of all ways");
        Rows = await AdoNet.NewestAsync();
        if (Rows.Count != 50 || Rows.Any(row => row.OrgId != organization))
            throw new ResultsDifferException($"Results differ, nothing was measured: {AdoNet.Title} does not give 50 rows of its organization.");
        foreach (var (_, peer) in All)
            Compare(peer.Title, await peer.NewestAsync());
    }
}
