using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>The same tenants in all strategies, and what each of these takes.</summary>
internal sealed class StrategySet : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly ThrowawayLogin _login;
    private readonly SharedTables _shared;
    private readonly List<(IStrategy Strategy, Footprint Footprint)> _footprints = [];

    private StrategySet(PostgresServer server, ThrowawayLogin login, Tenants tenants, int connectionLimit)
    {
        (_server, _login, Tenants, ConnectionLimit) = (server, login, tenants, connectionLimit);
        _shared = new SharedTables(server, login, tenants);
        Strategies = [new DatabasePerTenant(server, login, tenants, connectionLimit), new SchemaPerTenant(server, login, tenants), _shared];
    }

    public Tenants Tenants { get; }

    /// <summary>Connections that the app with a database per tenant may hold.</summary>
    public int ConnectionLimit { get; }

    public IReadOnlyList<(IStrategy Strategy, Footprint Footprint)> Footprints => _footprints;

    /// <summary>The yardstick first, then the strategies.</summary>
    public IReadOnlyList<RoundRobin> Asked { get; private set; } = [];

    private IReadOnlyList<IStrategy> Strategies { get; }

    public static async Task<StrategySet> CreateAsync(int count, CancellationToken cancellationToken)
    {
        var server = await Suite.Server.GetAsync();
        await using var owner = new NpgsqlConnection(server.ConnectionString);
        var connections = await owner.ReadAsync<int>("SELECT current_setting('max_connections')::int", cancellationToken);
        // The other half is for everybody else.
        var result = new StrategySet(server, await ThrowawayLogin.CreateAsync(server, "", cancellationToken), new Tenants(count), connections / 2);
        try
        {
            await result.SetUpAsync(cancellationToken);
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Suite.Progress.Report($"dropping the tables of {Tenants.Count} tenants");
        foreach (var strategy in Strategies)
            await strategy.DisposeAsync();
        await _login.DisposeAsync();
    }

    private async Task SetUpAsync(CancellationToken cancellationToken)
    {
        var takes = new List<(TimeSpan Create, TimeSpan AddColumn, CatalogSize Catalog)>();
        foreach (var strategy in Strategies)
        {
            var create = await strategy.CreateAsync(cancellationToken);
            Suite.Progress.Report($"{strategy.Name}: adding a column");
            var addColumn = await TimeAddColumnAsync(strategy, cancellationToken);
            takes.Add((create, addColumn, await strategy.ReadCatalogAsync(cancellationToken)));
            Suite.Progress.Report($"{strategy.Name}: seeding");
            await strategy.FillAsync(cancellationToken);
        }

        Asked = [.. ((ITenantWay[])[_shared.Yardstick, .. Strategies]).Select(way => new RoundRobin(way, Tenants.Ids))];
        await CheckAsync(cancellationToken);
        foreach (var (strategy, take) in Strategies.Zip(takes))
        {
            foreach (var tenant in Tenants.Ids)
                await strategy.ListAsync(tenant);
            var backends = await Backends.ReadAsync(_server, strategy.ApplicationName, cancellationToken);
            _footprints.Add((strategy, new Footprint(take.Create, take.AddColumn, take.Catalog, strategy.ConnectionsNeeded, backends)));
        }

        Suite.Progress.Say($"{Tenants.Count} tenants: all strategies give the same rows.");
    }

    /// <summary>The median of three.</summary>
    private static async Task<TimeSpan> TimeAddColumnAsync(IStrategy strategy, CancellationToken cancellationToken)
    {
        var seconds = new List<double>();
        foreach (var column in (string[])["note", "reference", "remark"])
        {
            var elapsed = Stopwatch.StartNew();
            await strategy.AddColumnAsync(column, cancellationToken);
            seconds.Add(elapsed.Elapsed.TotalSeconds);
        }

        return TimeSpan.FromSeconds(Statistics.Percentile(seconds, 0.5));
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        ITenantWay[] ways = [_shared.Yardstick, .. Strategies];
        foreach (var tenant in Tenants.Ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Suite.Progress.Report($"comparing the rows of {Tenants.Count} tenants");
            var newest = await SameRows.CheckAsync("list", ways, way => way.ListAsync(tenant));
            SameRows.Require(newest.Count == 50 && newest.All(row => row.OrgId == tenant), "the list does not give 50 rows of its tenant");
        }

        await SameRows.CheckInsertAsync(ways, () => NextRow.For(Tenants.Ids[0]));
    }
}
