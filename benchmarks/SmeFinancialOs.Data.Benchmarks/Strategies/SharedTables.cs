using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>
/// All tenants in one set of tables with row-level security, and this library. Beside them the yardstick's: the same tables without protection.
/// </summary>
internal sealed class SharedTables(PostgresServer server, ThrowawayLogin login, Tenants tenants) : IStrategy
{
    private readonly ThrowawayDatabases _databases = new(server);
    private readonly BenchmarkPools _pools = new();
    private TenantDatabase? _database;
    private SessionWay _session = null!;

    public string Name => "shared tables, RLS (this library)";

    public string ApplicationName => "bench-shared";

    public int ConnectionsNeeded => 1;

    /// <summary>Hand-coded ADO.NET, WHERE org_id on unprotected tables.</summary>
    public AdoNetWay Yardstick { get; private set; } = null!;

    private string Owner => _database!.SuperuserConnectionString;

    /// <summary>
    /// The migrations are timed on a database of their own: the one that is used is a copy of a migrated one, with a password for its login. The roles
    /// are there already; creating them takes some milliseconds once a server.
    /// </summary>
    public async Task<TimeSpan> CreateAsync(CancellationToken cancellationToken)
    {
        _database = await server.CreateTenantDatabaseAsync(cancellationToken: cancellationToken);
        Suite.Progress.Report($"{Name}: migrating");
        var elapsed = Stopwatch.StartNew();
        await new SchemaMigrator(await _databases.CreateAsync(cancellationToken)).MigrateAsync(cancellationToken);
        await RunAsync([GeneratedRows.OrganizationsSql("public.organizations", 1, tenants.Count)], cancellationToken);
        elapsed.Stop();

        _session = new SessionWay(new TenantConnectionFactory(_pools.AddForTenants($"{_database.AppConnectionString};Application Name={ApplicationName}")));
        Yardstick = new AdoNetWay(_pools.Add(login.ConnectionString(Owner)), TwinTables.Schema);
        return elapsed.Elapsed;
    }

    public Task AddColumnAsync(string column, CancellationToken cancellationToken) =>
        RunAsync([$"ALTER TABLE public.invoices ADD COLUMN {column} text"], cancellationToken);

    public Task<CatalogSize> ReadCatalogAsync(CancellationToken cancellationToken) => CatalogSize.ReadAsync(Owner, cancellationToken);

    public Task FillAsync(CancellationToken cancellationToken) => RunAsync(
        [
            tenants.FillSql("public"),
            TwinTables.CopyOfTablesSql(TwinTables.Schema),
            $"{login.GrantSql(TwinTables.Schema)} INSERT INTO {TwinTables.Schema}.organizations SELECT * FROM public.organizations",
            tenants.FillSql(TwinTables.Schema),
            Tenants.SettleSql("public"),
            Tenants.SettleSql(TwinTables.Schema),
        ],
        cancellationToken);

    public Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization) => _session.ListAsync(organization);

    public Task<int> InsertAsync(NewRow row) => _session.InsertAsync(row);

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        await _databases.DisposeAsync();
    }

    private async Task RunAsync(IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(Owner);
        foreach (var sql in statements)
            await owner.RunAsync(sql, cancellationToken);
    }
}
