using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Standby;

/// <summary>Read-only contexts on a real standby: as closed as on the primary.</summary>
public sealed class StandbyTests(PrimaryAndStandby servers) : IClassFixture<PrimaryAndStandby>
{
    private const string IsStandby = "SELECT pg_is_in_recovery()";

    public static TheoryData<string> ReadOnlyContexts => ["tenant", "demo", "admin"];

    [Theory]
    [MemberData(nameof(ReadOnlyContexts))]
    public async Task Read_only_contexts_read_on_the_standby(string access)
    {
        var context = Context(access);
        var factory = servers.CreateFactory();
        (await factory.CreateSession(context).ExecuteScalarAsync<bool>(IsStandby)).Should().BeTrue();
        await using var transaction = factory.BeginTransaction(context);
        (await transaction.ExecuteScalarAsync<bool>(IsStandby)).Should().BeTrue();
        await using var work = await factory.OpenConnectionAsync(context);
        (await work.ExecuteScalarAsync<bool>(IsStandby)).Should().BeTrue();
        (await work.ExecuteScalarAsync<bool>(IsStandby)).Should().BeTrue();
        await work.CommitAsync();
    }

    [Fact]
    public async Task Everything_else_is_on_the_primary()
    {
        var factory = servers.CreateFactory();
        (await factory.CreateSession(servers.A).ExecuteScalarAsync<bool>(IsStandby)).Should().BeFalse();
        (await factory.CreateSession(Context("admin").AsReadWrite()).ExecuteScalarAsync<bool>(IsStandby)).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(ReadOnlyContexts))]
    public async Task Without_the_option_all_are_on_the_primary(string access)
    {
        var factory = servers.CreateFactory(preferStandby: false);
        (await factory.CreateSession(Context(access)).ExecuteScalarAsync<bool>(IsStandby)).Should().BeFalse();
        (await factory.CreateSession(servers.A).ExecuteScalarAsync<bool>(IsStandby)).Should().BeFalse();
    }

    [Fact]
    public async Task What_an_admin_reads_on_the_standby_is_in_the_access_log_of_the_primary()
    {
        var reason = Guid.NewGuid().ToString();
        var factory = servers.CreateFactory();
        await factory.CreateSession(TenantContext.ForAdmin("alice", reason)).ExecuteScalarAsync<bool>(IsStandby);
        (await factory.CreateSession(Context("admin").AsReadWrite())
            .ExecuteScalarAsync<long>("SELECT count(*) FROM app.admin_access_log WHERE reason = @reason AND read_only", new { reason })).Should().Be(1);
    }

    [Fact]
    public async Task The_standby_keeps_tenants_apart()
    {
        var session = servers.CreateFactory().CreateSession(servers.A.AsReadOnly());
        (await session.QueryAsync<string>("SELECT slug FROM organizations")).Should().Equal("a");
        (await servers.CreateFactory().CreateSession(TenantContext.Demo).QueryAsync<string>("SELECT slug FROM organizations")).Should().Equal("demo");
        await session.Invoking(s => s.ExecuteAsync("SELECT set_config('role', 'admin_role', true)")).Should().ThrowAsync<TenantAccessDeniedException>();
        await session.Invoking(s => s.ExecuteAsync("UPDATE organizations SET name = 'x'")).Should().ThrowAsync<TenantAccessDeniedException>();

        // A connection of the standby's pool that skipped the factory, and one that was another tenant's before.
        await using var raw = await servers.Hosts(servers.Database.AppConnectionString).OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT slug FROM organizations", raw);
        (await command.Invoking(c => c.ExecuteScalarAsync()).Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task A_pooled_connection_of_the_standby_carries_nothing_to_the_next_tenant()
    {
        var factory = servers.CreateFactory();
        for (var call = 0; call < 20; call++)
        {
            var (context, slug) = call % 2 == 0 ? (servers.A, "a") : (servers.B, "b");
            (await factory.CreateSession(context.AsReadOnly()).QueryAsync<string>("SELECT slug FROM organizations")).Should().Equal(slug);
        }
    }

    [Fact]
    public async Task A_login_that_bypasses_the_policies_is_refused_on_the_standby_too()
    {
        var factory = new TenantConnectionFactory(servers.Hosts(servers.Database.SuperuserConnectionString),
            new TenantConnectionOptions { ReadOnlyContextsPreferStandby = true });
        await factory.CreateSession(servers.A.AsReadOnly()).Invoking(s => s.ExecuteScalarAsync<bool>(IsStandby))
            .Should().ThrowAsync<UnsafeDatabaseRoleException>();
    }

    [Fact]
    public async Task What_was_just_written_is_read_with_a_context_that_is_not_read_only()
    {
        var factory = servers.CreateFactory();
        await servers.Standby.ExecuteAsync("SELECT pg_wal_replay_pause()");
        try
        {
            await new OrganizationRepository(factory.CreateSession(servers.B)).RenameAsync(servers.B.OrganizationId!.Value.ToGuid(), "renamed");
            (await NameAsync(servers.B)).Should().Be("renamed");
            // The standby lags, as any may.
            (await NameAsync(servers.B.AsReadOnly())).Should().Be("b");
        }
        finally
        {
            await servers.Standby.ExecuteAsync("SELECT pg_wal_replay_resume()");
        }

        await servers.Standby.CatchUpAsync(servers.Primary);
        (await NameAsync(servers.B.AsReadOnly())).Should().Be("renamed");

        async Task<string?> NameAsync(TenantContext context) =>
            await factory.CreateSession(context).ExecuteScalarAsync<string>("SELECT name FROM organizations");
    }

    [Fact]
    public async Task Where_no_standby_answers_the_primary_does()
    {
        // A standby of its own, to stop it.
        await using var standby = await StandbyServer.StartAsync(servers.Primary);
        await using var source = new NpgsqlDataSourceBuilder(standby.HostsOf(servers.Database.AppConnectionString)).UseTenantDefaults().Build();
        var session = new TenantConnectionFactory(source,
            new TenantConnectionOptions { ReadOnlyContextsPreferStandby = true }).CreateSession(servers.A.AsReadOnly());
        (await session.ExecuteScalarAsync<bool>(IsStandby)).Should().BeTrue();
        await standby.DisposeAsync();
        // The call on a connection that is just found dead fails; it is read-only, so the caller may repeat it.
        await session.Invoking(s => s.ExecuteScalarAsync<bool>(IsStandby)).Should().ThrowAsync<NpgsqlException>();
        (await session.ExecuteScalarAsync<bool>(IsStandby)).Should().BeFalse();
        (await session.QueryAsync<string>("SELECT slug FROM organizations")).Should().Equal("a");
    }

    [Fact]
    public async Task Verify_checks_the_primary_and_the_standby()
    {
        await servers.CreateFactory().VerifyAsync();
        var down = new NpgsqlConnectionStringBuilder(servers.Database.AppConnectionString) { Host = "127.0.0.1:1,127.0.0.1:2" };
        await using var source = new NpgsqlDataSourceBuilder(down.ConnectionString).Build();
        await new TenantConnectionFactory(source).Invoking(f => f.VerifyAsync()).Should().ThrowAsync<DatabaseUnavailableException>();
    }

    [Fact]
    public async Task A_single_host_cannot_prefer_a_standby()
    {
        await using var single = NpgsqlDataSource.Create(servers.Database.AppConnectionString);
        single.Invoking(s => new TenantConnectionFactory(s, new TenantConnectionOptions { ReadOnlyContextsPreferStandby = true }))
            .Should().Throw<ArgumentException>().WithMessage("*several hosts*");
    }

    [Fact]
    public async Task A_host_app_names_both_hosts_in_its_connection_string()
    {
        await using var provider = new ServiceCollection()
            .AddTenantData(servers.Standby.HostsOf(servers.Database.AppConnectionString), configure: options => options.ReadOnlyContextsPreferStandby = true)
            .BuildServiceProvider();
        var factory = provider.GetRequiredService<TenantConnectionFactory>();
        (await factory.CreateSession(TenantContext.Demo).ExecuteScalarAsync<bool>(IsStandby)).Should().BeTrue();
        (await factory.CreateSession(servers.A).ExecuteScalarAsync<bool>(IsStandby)).Should().BeFalse();
    }

    private TenantContext Context(string access) => access switch
    {
        "tenant" => servers.A.AsReadOnly(),
        "demo" => TenantContext.Demo,
        _ => TenantContext.ForAdmin("alice", "test"),
    };
}
