using Npgsql;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Torture.Tests.Servers;

namespace SmeFinancialOs.Data.Torture.Tests.Failover;

/// <summary>A primary, its streaming standby, and a host that knows both by one connection string.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const int Parts = 3;

    private const string Table = """
        CREATE TABLE public.writes (
            org_id uuid NOT NULL DEFAULT app.current_org_id(),
            id uuid NOT NULL,
            part int NOT NULL,
            writer uuid NOT NULL,
            PRIMARY KEY (org_id, id, part));
        ALTER TABLE public.writes OWNER TO app_owner;
        COMMENT ON COLUMN public.writes.org_id IS 'tenant column: without a foreign key, for the load';
        SET ROLE app_owner;
        SELECT app.protect_table('public.writes');
        RESET ROLE;
        """;

    private readonly PostgresServer _primary;
    private readonly TenantDatabase _database;
    private readonly NpgsqlDataSource _hosts;

    private Cluster(PostgresServer primary, TenantDatabase database, StandbyServer standby, IReadOnlyList<TenantContext> tenants)
    {
        (_primary, _database, Standby, Tenants) = (primary, database, standby, tenants);
        // A host is looked at again after a second instead of ten: so much longer no primary would be found.
        var hosts = new NpgsqlConnectionStringBuilder(standby.HostsOf(database.AppConnectionString)) { HostRecheckSeconds = 1, MaxPoolSize = 20 };
        _hosts = new NpgsqlDataSourceBuilder(hosts.ConnectionString).UseTenantDefaults().Build();
        Factory = new TenantConnectionFactory(_hosts, new TenantConnectionOptions { ReadOnlyContextsPreferStandby = true });
    }

    public StandbyServer Standby { get; }

    public IReadOnlyList<TenantContext> Tenants { get; }

    public TenantConnectionFactory Factory { get; }

    public Version Version => _primary.ServerVersion;

    public static async Task<Cluster> StartAsync(bool isSynchronous)
    {
        var primary =
            await PostgresServer.StartAsync(new PostgresServerOptions { Settings = new Dictionary<string, string> { ["synchronous_commit"] = "on" } });
        if (primary.Kind is PostgresServerKind.ConnectionString or PostgresServerKind.Docker)
            Assert.Skip("A standby is made from the files of a server on this machine: SME_DATA_POSTGRES=local or embedded.");
        var database = await primary.CreateTenantDatabaseAsync();
        var tenants = new List<TenantContext>();
        for (var i = 0; i < 4; i++)
            tenants.Add((await database.CreateOrganizationAsync()).Context);
        await using var superuser = new NpgsqlConnection(database.SuperuserConnectionString);
        await superuser.OpenAsync();
        await superuser.RunAsync(Table);
        var standby = await StandbyServer.StartAsync(primary);
        await standby.CatchUpAsync(primary);
        if (isSynchronous)
        {
            // After the standby was made from a copy: its files do not have the setting, so once promoted it waits for nobody. A primary that comes back from
            // the dead has it, and acknowledges nothing.
            await superuser.RunAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
            await superuser.RunAsync("SELECT pg_reload_conf()");
            while (await superuser.ScalarAsync<string>("SELECT sync_state FROM pg_stat_replication") != "sync")
                await Task.Delay(20);
        }

        return new Cluster(primary, database, standby, tenants);
    }

    /// <summary>The standby receives nothing any more; who writes is not told.</summary>
    public async Task DisconnectStandbyAsync()
    {
        await Standby.ExecuteAsync("ALTER SYSTEM SET primary_conninfo = ''");
        await Standby.ExecuteAsync("SELECT pg_reload_conf()");
        await using var superuser = await OpenPrimaryAsync();
        while (await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication") > 0)
            await Task.Delay(20);
    }

    public async Task KillPrimaryAsync()
    {
        await using var superuser = await OpenPrimaryAsync();
        var data = (await superuser.ScalarAsync<string>("SHOW data_directory"))!;
        // Immediate shutdown: no checkpoint, nothing is sent to the standby on the way out.
        await SupervisedProcess.RunAsync("kill", "-s", "QUIT", File.ReadLines(Path.Combine(data, "postmaster.pid")).First());
    }

    public Task PromoteAsync() => Standby.ExecuteAsync("SELECT 1 / pg_promote(true, 60)::int");

    public async Task<NpgsqlConnection> OpenPrimaryAsync()
    {
        var connection = new NpgsqlConnection(_primary.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>As a superuser, whom no policy hides anything from.</summary>
    public async Task<NpgsqlConnection> OpenNewPrimaryAsync()
    {
        var connection = new NpgsqlConnection(Standby.ConnectionString.WithDatabaseOf(_database.SuperuserConnectionString));
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _hosts.DisposeAsync();
        await Standby.DisposeAsync();
        // With its databases.
        await _primary.DisposeAsync();
    }
}
