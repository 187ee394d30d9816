using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// A login may end and cancel its own sessions, which are those of every tenant. Injected SQL resets the role first. The privilege to EXECUTE the two functions
/// is all there is to stop it, and each database has its own.
/// </summary>
public sealed class OtherSessionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Functions = "FUNCTION pg_catalog.pg_terminate_backend(int, bigint), pg_catalog.pg_cancel_backend(int)";
    private const string Others = "FROM pg_stat_activity WHERE usename = session_user AND datname = current_database() AND pid <> pg_backend_pid()";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("RESET ROLE; SELECT pg_terminate_backend(pid) " + Others)]
    [InlineData("RESET ROLE; SELECT pg_terminate_backend(pid, 1000) " + Others + "; SET LOCAL ROLE tenant_role")]
    [InlineData("SELECT set_config('role', 'none', true); SELECT pg_terminate_backend(pid) " + Others)]
    [InlineData("DO $$ BEGIN RESET ROLE; PERFORM pg_terminate_backend(pid) " + Others + "; SET LOCAL ROLE tenant_role; END $$")]
    [InlineData("RESET ROLE; SELECT pg_cancel_backend(pid) " + Others)]
    [InlineData("SET LOCAL ROLE demo_role; RESET ROLE; DO $$ DECLARE p int; BEGIN FOR p IN SELECT pid " + Others
        + " LOOP PERFORM pg_cancel_backend(p); END LOOP; END $$")]
    public async Task One_call_ends_what_the_others_do_where_everybody_may_and_not_without_the_privilege(string injected)
    {
        var cancels = injected.Contains("cancel", StringComparison.Ordinal);
        await fixture.AsSuperuserAsync($"GRANT EXECUTE ON {Functions} TO PUBLIC");
        (await EndsAsync(injected)).Should().Be(cancels ? PostgresErrorCodes.QueryCanceled : PostgresErrorCodes.AdminShutdown, "it is the attack");

        await fixture.AsSuperuserAsync($"REVOKE EXECUTE ON {Functions} FROM PUBLIC");
        (await EndsAsync(injected)).Should().BeNull();
    }

    [Fact]
    public async Task Tenant_role_is_refused_with_the_privilege_too()
    {
        await fixture.AsSuperuserAsync($"GRANT EXECUTE ON {Functions} TO PUBLIC");
        (await EndsAsync("SELECT pg_terminate_backend(pid) " + Others)).Should().BeNull();
    }

    /// <summary>The protocol's cancel request asks for the key of the session, and for no privilege.</summary>
    [Fact]
    public async Task Cancellation_of_the_host_needs_no_privilege()
    {
        await fixture.AsSuperuserAsync($"REVOKE EXECUTE ON {Functions} FROM PUBLIC");
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Application Name=cancelled").UseTenantDefaults().Build();
        var session = new TenantConnectionFactory(source).CreateSession(fixture.ContextA);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = session.ExecuteAsync("SELECT pg_sleep(600)", cancellationToken: cancellation.Token);
        await WaitForAsync("cancelled");
        await cancellation.CancelAsync();

        (await call.Invoking(c => c).Should().ThrowAsync<OperationCanceledException>()).Which.InnerException.Should().BeOfType<PostgresException>()
            .Which.SqlState.Should().Be(PostgresErrorCodes.QueryCanceled, "the server ended it");
        (await session.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token)).Should().Be(1);
    }

    /// <summary>The SQLSTATE with which tenant B's statement ended when A's injected SQL had run; null when it was not ended.</summary>
    private async Task<string?> EndsAsync(string injected)
    {
        await using var victims = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Application Name=victim").UseTenantDefaults().Build();
        await using var attackers = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        await using var victim = await victims.OpenConnectionAsync(Token);
        var sleep = victim.SqlStateOfAsync("SET ROLE tenant_role; SELECT pg_sleep(600)");
        await WaitForAsync("victim");
        var isRefused = false;
        try
        {
            await new TenantConnectionFactory(attackers).CreateSession(fixture.ContextA).ExecuteAsync(injected, cancellationToken: Token);
        }
        catch (Exception fault) when (fault is TenantDataException or PostgresException)
        {
            // Else the role is another one at its end, or its own connection was among those it ended.
            isRefused = fault is TenantAccessDeniedException;
        }

        if (isRefused)
        {
            (await fixture.TruthAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'victim' AND wait_event = 'PgSleep')"))
                .Should().BeTrue();
            await fixture.AsSuperuserAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'");
            await sleep;
            return null;
        }

        return await sleep;
    }

    private async Task WaitForAsync(string application)
    {
        while (!await fixture.TruthAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = '{application}' "
            + "AND wait_event = 'PgSleep')"))
            await Task.Delay(20, Token);
    }
}
