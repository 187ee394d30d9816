using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What the server's own views tell one tenant of the others.</summary>
public sealed class ServerViewTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task Column_statistics_are_hidden_under_row_level_security()
    {
        const string sql = "SELECT count(*) FROM pg_stats WHERE tablename = 'invoices'";
        await fixture.AsSuperuserAsync("ANALYZE public.invoices");
        (await fixture.TruthAsync<long>(sql)).Should().BePositive();

        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync(sql)).Values.Should().Equal("0");

        await using var open = await Attack.StartAsync(fixture, Actor.TenantA, without: "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY");
        (await open.TryAsync(sql)).Values.Should().NotEqual(["0"]);
    }

    [Theory]
    [InlineData("SELECT stavalues1 FROM pg_statistic")]
    [InlineData("SELECT stxdmcv FROM pg_statistic_ext_data")]
    [InlineData("SELECT rolpassword FROM pg_authid")]
    [InlineData("SELECT * FROM pg_hba_file_rules")]
    public async Task What_lies_under_the_views_is_closed(string sql)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.SqlStateOfAsync(sql)).Should().Be("42501");
    }

    [Fact]
    public async Task Known_limit_estimates_of_the_whole_table_are_public()
    {
        await fixture.AsSuperuserAsync("ANALYZE public.invoices");
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.ScalarAsync<float>("SELECT reltuples FROM pg_class WHERE oid = 'public.invoices'::regclass")).Should().Be(3 * Seed.InvoicesEach);
    }

    [Fact]
    public async Task Tenants_do_not_see_the_statements_of_other_sessions()
    {
        await using var other = await fixture.OpenAsAsync(Actor.TenantB);
        await other.RunAsync($"SELECT '{Seed.SecretOfB}'");
        var sql = $"SELECT query FROM pg_stat_activity WHERE pid = {other.ProcessID}";

        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.ReadAsync(sql)).Should().Equal("<insufficient privilege>");
    }

    [Fact]
    public async Task Known_limit_the_bare_login_sees_the_statements_of_all_its_sessions()
    {
        // They are the login's, whatever role it has taken. So values travel as parameters, which are not shown.
        await using var other = await fixture.OpenAsAsync(Actor.TenantB);
        await using (var command = new Npgsql.NpgsqlCommand("SELECT $1", other) { Parameters = { new() { Value = Seed.SecretOfB } } })
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        var sql = $"SELECT query FROM pg_stat_activity WHERE pid = {other.ProcessID}";

        await using var connection = await fixture.OpenAsAppUserAsync();
        (await connection.ReadAsync(sql)).Should().Equal("SELECT $1");
        await other.RunAsync($"SELECT '{Seed.SecretOfB}'");
        (await connection.ReadAsync(sql)).Should().ContainSingle().Which.Should().Contain(Seed.SecretOfB);
    }

    [Fact]
    public async Task The_admins_login_and_the_apps_login_do_not_see_each_other()
    {
        await using var admin = await fixture.OpenAsAsync(Actor.Admin);
        await using var app = await fixture.OpenAsAppUserAsync();
        (await app.ReadAsync($"SELECT query FROM pg_stat_activity WHERE pid = {admin.ProcessID}")).Should().Equal("<insufficient privilege>");
        (await app.SqlStateOfAsync($"SELECT pg_terminate_backend({admin.ProcessID})")).Should().Be("42501");
    }
}
