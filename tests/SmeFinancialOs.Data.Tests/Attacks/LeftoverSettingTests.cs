using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>A tenant or role that something else has left on the connection, the login or the database: the library's own always wins.</summary>
public sealed class LeftoverSettingTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Organizations = "SELECT DISTINCT org_id::text FROM public.invoices ORDER BY 1";
    private static readonly string[] EveryOrganization = [Seed.A, Seed.B, Seed.Demo];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData($"SELECT set_config('app.current_org_id', '{Seed.B}', false)")]
    [InlineData($"SET app.current_org_id = '{Seed.B}'; SET ROLE tenant_role")]
    [InlineData($"SET app.current_org_id = '{Seed.B}'; SET ROLE demo_role")]
    [InlineData($"SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; SET app.current_org_id = '{Seed.B}'; SET search_path = pg_catalog")]
    public async Task What_a_session_left_behind_does_not_reach_the_next_context(string leftover)
    {
        // A pooler in transaction mode: one server connection, nothing is reset.
        await using var pooled = NpgsqlDataSource.Create(fixture.Database.AppConnectionString.WithOneConnection(noResetOnClose: true));
        var factory = new TenantConnectionFactory(pooled);
        await factory.CreateSession(fixture.ContextA).QueryAsync<int>("SELECT 1", cancellationToken: Token);
        await using (var connection = await pooled.OpenConnectionAsync(Token))
            await connection.RunAsync(leftover);
        await using (var connection = await pooled.OpenConnectionAsync(Token))
            (await connection.ReadAsync("SELECT current_setting('app.current_org_id', true)")).Should().Equal([Seed.B], "else nothing is shown");

        foreach (var (context, seen) in new[] { (fixture.ContextA, Seed.A), (TenantContext.Demo, Seed.Demo), (fixture.ContextB, Seed.B),
            (fixture.ContextA, Seed.A) })
        {
            (await factory.CreateSession(context).QueryAsync<string>(Organizations, cancellationToken: Token)).Should().Equal(seen);
            await using var work = await factory.OpenConnectionAsync(context, Token);
            (await work.QueryAsync<string>(Organizations, cancellationToken: Token)).Should().Equal(seen);
        }

        await factory.CreateSession(TenantContext.Demo).Invoking(s => s.ExecuteAsync("DELETE FROM public.invoices", cancellationToken: Token))
            .Should().ThrowAsync<DemoReadOnlyException>();
    }

    [Theory]
    [InlineData("ROLE app_user IN DATABASE {0}")]
    [InlineData("DATABASE {0}")]
    public async Task A_default_tenant_of_login_or_database_does_not_reach_a_context(string target)
    {
        var subject = target.Replace("{0}", fixture.Database.Name, StringComparison.Ordinal);
        await fixture.AsSuperuserAsync($"ALTER {subject} SET app.current_org_id = '{Seed.B}'");
        try
        {
            await using var app = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Pooling=false");
            await using var admin = NpgsqlDataSource.Create(fixture.Database.AdminConnectionString + ";Pooling=false");
            await using (var bare = await app.OpenConnectionAsync(Token))
                (await bare.ReadAsync("SET ROLE tenant_role; " + Organizations)).Should().Equal([Seed.B], "without the library this is the hazard");

            await new TenantConnectionFactory(app).CreateSession(fixture.ContextA).Invoking(s => s.QueryAsync<string>(Organizations, cancellationToken: Token))
                .Should().ThrowAsync<UnsafeDatabaseRoleException>("nobody has allowed it");
            var allowed = new Dictionary<string, string> { ["app.current_org_id"] = Seed.B };
            var factory = new TenantConnectionFactory(app, new TenantConnectionOptions { AdminDataSource = admin, AllowedLoginSettings = allowed });
            (await factory.CreateSession(fixture.ContextA).QueryAsync<string>(Organizations, cancellationToken: Token)).Should().Equal(Seed.A);
            await using var work = await factory.OpenConnectionAsync(TenantContext.ForAdmin("operator", "ticket 1"), Token);
            (await work.ExecuteScalarAsync<string>("SELECT current_setting('app.current_org_id')", cancellationToken: Token)).Should().BeEmpty();
            (await work.QueryAsync<string>(Organizations, cancellationToken: Token)).Should().Equal(EveryOrganization);
        }
        finally
        {
            await fixture.AsSuperuserAsync($"ALTER {subject} RESET app.current_org_id");
        }
    }

    [Fact]
    public async Task A_start_up_option_does_not_reach_a_context()
    {
        await using var app = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString)
            {
                Options = $"-c app.current_org_id={Seed.B} -c role=tenant_role"
            }.ConnectionString);
        await using (var bare = await app.OpenConnectionAsync(Token))
            (await bare.ReadAsync(Organizations)).Should().Equal([Seed.B], "without the library this is the hazard");
        (await new TenantConnectionFactory(app).CreateSession(fixture.ContextA).QueryAsync<string>(Organizations, cancellationToken: Token))
            .Should().Equal(Seed.A);
    }

    [Fact]
    public async Task After_a_unit_of_work_nothing_is_left_on_its_connection()
    {
        await using var pooled = NpgsqlDataSource.Create(fixture.Database.AppConnectionString.WithOneConnection(noResetOnClose: true));
        var factory = new TenantConnectionFactory(pooled);
        await factory.CreateSession(fixture.ContextA).QueryAsync<string>(Organizations, cancellationToken: Token);
        await using (var work = await factory.OpenConnectionAsync(fixture.ContextA, Token))
            await work.CommitAsync(Token);

        await using var bare = await pooled.OpenConnectionAsync(Token);
        (await bare.ReadAsync("SELECT current_setting('app.current_org_id', true), current_user, current_setting('transaction_read_only')"))
            .Should().Equal("", "app_user", "off");
        (await bare.SqlStateOfAsync(Organizations)).Should().Be("42501");
    }
}
