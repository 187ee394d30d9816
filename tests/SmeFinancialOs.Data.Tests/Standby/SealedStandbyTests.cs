using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Tests.Standby;

/// <summary>A sealed context on a real standby, which nothing can be written on: it is verified there as on the primary.</summary>
public sealed class SealedStandbyTests(SealedStandbyTests.Servers servers) : IClassFixture<SealedStandbyTests.Servers>
{
    private const string Slugs = "SELECT slug FROM organizations WHERE pg_is_in_recovery() ORDER BY slug";

    [Fact]
    public async Task Each_context_reads_its_own_on_the_standby()
    {
        var factory = servers.CreateFactory();
        (await factory.CreateSession(servers.A.AsReadOnly()).QueryAsync<string>(Slugs)).Should().Equal("a");
        (await factory.CreateSession(TenantContext.Demo).QueryAsync<string>(Slugs)).Should().Equal("demo");
        (await factory.CreateSession(TenantContext.ForAdmin("alice", "test")).QueryAsync<string>(Slugs)).Should().Equal("a", "b", "demo");
    }

    [Fact]
    public async Task An_injected_setting_reads_no_other_tenant_on_the_standby()
    {
        var injected = $"SELECT slug FROM organizations WHERE pg_is_in_recovery() "
            + $"AND set_config('app.current_org_id', '{servers.B.OrganizationId}', true) IS NOT NULL";
        var factory = servers.CreateFactory();
        await factory.CreateSession(servers.A.AsReadOnly()).Invoking(session => session.QueryAsync<string>($"{injected}; {Slugs}"))
            .Should().ThrowAsync<SealedContextRefusedException>().WithMessage("*another tenant*");
        await using var work = await factory.OpenConnectionAsync(servers.A.AsReadOnly());
        await work.ExecuteScalarAsync<string>($"SELECT set_config('app.current_org_id', '{servers.B.OrganizationId}', true)");
        await work.Invoking(session => session.QueryAsync<string>(Slugs)).Should().ThrowAsync<SealedContextRefusedException>().WithMessage("*another tenant*");
    }

    [Fact]
    public async Task A_key_of_somebody_else_is_refused_on_the_standby()
    {
        var foreign = new TenantConnectionFactory(
            servers.Hosts(servers.Database.AppConnectionString),
            new TenantConnectionOptions { ReadOnlyContextsPreferStandby = true, SealKey = $"00000000:{servers.Database.SealKey![9..]}" });
        await foreign.CreateSession(servers.A.AsReadOnly()).Awaiting(session => session.QueryAsync<string>(Slugs))
            .Should().ThrowAsync<SealedContextRefusedException>();
    }

    public sealed class Servers : PrimaryAndStandby
    {
        protected override TenantDatabaseOptions Options { get; } = new() { Seal = true };
    }
}
