using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>A host with one connection for each login, on which another user has left what fails the next call.</summary>
internal sealed class HostWithSpoiledConnection : IAsyncDisposable
{
    private readonly TenantDatabaseFixture _fixture;
    private readonly NpgsqlDataSource _tenants;
    private readonly NpgsqlDataSource _admins;

    public HostWithSpoiledConnection(TenantDatabaseFixture fixture)
    {
        _fixture = fixture;
        _tenants = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        _admins = new NpgsqlDataSourceBuilder(fixture.Database.AdminConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        Factory = new TenantConnectionFactory(_tenants, new() { AdminDataSource = _admins });
    }

    public TenantConnectionFactory Factory { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>As tenant A, and on the connection of admins, too.</summary>
    public async Task SpoilAsync(string spoiler)
    {
        if (spoiler == "migration")
        {
            await _fixture.AsSuperuserAsync("ALTER TABLE public.repeated ADD COLUMN later text");
            return;
        }

        foreach (var context in (TenantContext[])[_fixture.ContextA, TenantContext.ForAdmin("operator", "spoils").AsReadWrite()])
            await SpoilAsync(spoiler, context);
    }

    public async ValueTask DisposeAsync()
    {
        await _tenants.DisposeAsync();
        await _admins.DisposeAsync();
    }

    private async Task SpoilAsync(string spoiler, TenantContext context)
    {
        var session = Factory.CreateSession(context);
        switch (spoiler)
        {
            case "DEALLOCATE ALL":
                await session.ExecuteAsync("SELECT 1; DEALLOCATE ALL", cancellationToken: Token);
                break;
            case "DEALLOCATE one":
                await session.ExecuteAsync(
                    "DO $$ DECLARE p text; BEGIN SELECT name INTO p FROM pg_prepared_statements WHERE statement ~ 'set_config'; "
                    + "EXECUTE 'DEALLOCATE ' || p; END $$", cancellationToken: Token);
                break;
            case "function that deallocates":
                await session.ExecuteAsync("SELECT public.deallocates()", cancellationToken: Token);
                break;
            case "DISCARD ALL":
                await using (var work = await Factory.OpenConnectionAsync(context, Token))
                    await work.Connection.RunAsync("ROLLBACK; DISCARD ALL");
                break;
            default:
                var backend = await session.ExecuteScalarAsync<int>("SELECT pg_backend_pid() FROM set_config('idle_session_timeout', '1', false)",
                    cancellationToken: Token);
                while (await _fixture.TruthAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {backend})"))
                    await Task.Delay(20, Token);
                break;
        }
    }
}
