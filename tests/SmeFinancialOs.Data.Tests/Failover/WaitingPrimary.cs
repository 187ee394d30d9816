using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>A primary whose synchronous standby is gone: every commit waits for it, and for ever.</summary>
public sealed class WaitingPrimary : IAsyncLifetime
{
    private PostgresServer _server = null!;
    private NpgsqlDataSource _superuser = null!;

    internal TenantDatabase Database { get; private set; } = null!;

    internal TenantContext Tenant { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new PostgresServerOptions { Settings = new Dictionary<string, string> { ["synchronous_commit"] = "on" } };
        _server = await PostgresServer.StartAsync(options);
        if (_server.Kind is PostgresServerKind.ConnectionString)
            Assert.Skip("The server's settings are changed: SME_DATA_POSTGRES=docker, local or embedded.");
        Database = await _server.CreateTenantDatabaseAsync();
        Tenant = (await Database.CreateOrganizationAsync()).Context;
        // What looks on does not wait itself.
        _superuser = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(Database.SuperuserConnectionString) { Options = "-c synchronous_commit=local" }.ConnectionString);
        await AsSuperuserAsync("ALTER SYSTEM SET synchronous_standby_names = 'gone'");
        await AsSuperuserAsync("SELECT pg_reload_conf()");
        // The reload reaches a session before its next command.
        while (!await TruthAsync<bool>("SELECT current_setting('synchronous_standby_names') = 'gone'"))
            await Task.Delay(20);
    }

    public async ValueTask DisposeAsync()
    {
        // Before its database: DROP DATABASE would wait too.
        await _server.DisposeAsync();
        if (_superuser is not null)
            await _superuser.DisposeAsync();
    }

    /// <param name="settings">Added to the connection string.</param>
    internal NpgsqlDataSource Source(string settings = "") =>
        new NpgsqlDataSourceBuilder(Database.AppConnectionString + ";" + settings).UseTenantDefaults().Build();

    /// <summary>Once the commit of a write waits for the standby.</summary>
    /// <param name="write">What must not end before.</param>
    /// <param name="signal">pg_cancel_backend or pg_terminate_backend; null only waits.</param>
    internal async Task WaitsAsync(Task write, string? signal = null)
    {
        var waiting = $"SELECT count(*) FILTER (WHERE {(signal is null ? "true" : signal + "(pid)")}) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        while (await TruthAsync<long>(waiting) == 0)
        {
            if (write.IsCompleted)
                await write;
            await Task.Delay(20);
        }
    }

    internal async Task AsSuperuserAsync(string sql)
    {
        await using var connection = await _superuser.OpenConnectionAsync();
        await connection.RunAsync(sql);
    }

    internal async Task<T?> TruthAsync<T>(string sql)
    {
        await using var connection = await _superuser.OpenConnectionAsync();
        return await connection.ScalarAsync<T>(sql);
    }
}
