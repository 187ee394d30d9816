using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>The tenant's setting itself: what ends it, what restores it, what text it may hold.</summary>
public sealed class SettingScopeTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Organizations = "SELECT DISTINCT org_id FROM public.invoices";

    [Theory]
    [InlineData("RESET ALL")]
    [InlineData("RESET app.current_org_id")]
    [InlineData("SET app.current_org_id = ''")]
    [InlineData("SET app.current_org_id TO DEFAULT")]
    public async Task A_setting_taken_away_leaves_no_rows_and_the_role_in_force(string sql)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        await connection.RunAsync(sql);
        (await connection.ReadAsync(Organizations)).Should().BeEmpty();
        (await connection.ReadAsync("SELECT current_user")).Should().Equal("tenant_role");
    }

    [Fact]
    public async Task Discard_all_takes_role_and_organization_and_is_refused_in_a_transaction()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        await connection.RunAsync("DISCARD ALL");
        (await connection.SqlStateOfAsync(Organizations)).Should().Be("42501");

        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync("DISCARD ALL")).SqlState.Should().Be("25001");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("' OR true --")]
    [InlineData("aaaaaaaa")]
    [InlineData("demo-public-uuid")]
    [InlineData(Seed.A + "," + Seed.B)]
    [InlineData(" ")]
    public async Task Text_that_is_no_uuid_is_an_error_and_never_rows(string text)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        await connection.RunAsync($"SELECT set_config('app.current_org_id', '{text.Replace("'", "''", StringComparison.Ordinal)}', false)");
        (await connection.SqlStateOfAsync(Organizations)).Should().Be("22P02");
    }

    [Theory]
    [InlineData("{" + Seed.A + "}")]
    [InlineData("AAAAAAAA-0000-4000-8000-000000000001")]
    [InlineData("aaaaaaaa000040008000000000000001")]
    public async Task Other_spellings_of_a_uuid_mean_the_same_organization(string text)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA with { Organization = text });
        (await connection.ReadAsync(Organizations)).Should().Equal(Seed.A);
    }

    [Fact]
    public async Task An_ended_setting_reads_as_empty_text_and_means_nobody()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA with { Organization = "" });
        await connection.RunAsync($"BEGIN; SET LOCAL app.current_org_id = '{Seed.A}'; COMMIT");
        (await connection.ReadAsync("SELECT current_setting('app.current_org_id', true)")).Should().Equal("");
        (await connection.ReadAsync(Organizations)).Should().BeEmpty();
    }

    [Fact]
    public async Task Without_NULLIF_an_ended_setting_would_break_every_query()
    {
        const string bare = "ALTER POLICY tenant_isolation ON public.invoices USING (org_id = (SELECT current_setting('app.current_org_id', true)::uuid))";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantOfNobody, without: bare);
        (await trial.TryAsync(Organizations)).SqlState.Should().Be("22P02");
    }

    [Fact]
    public async Task A_switch_in_the_select_list_does_not_reach_rows_of_the_same_statement()
    {
        const string attack = $"SELECT set_config('app.current_org_id', '{Seed.B}', true), customer_name FROM public.invoices";
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync(attack)).Shows(Seed.SecretOfB).Should().BeFalse("the wrapped form asks once a statement");

        const string perRow = """
            ALTER POLICY tenant_isolation ON public.invoices USING (org_id = NULLIF(current_setting('app.current_org_id', true), '')::uuid);
            SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off
            """;
        await using var unwrapped = await Attack.StartAsync(fixture, Actor.TenantA, without: perRow);
        (await unwrapped.TryAsync(attack)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task Row_security_off_is_an_error_and_not_more_rows()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        await connection.RunAsync("SET row_security = off");
        (await connection.SqlStateOfAsync(Organizations)).Should().Be("42501");
        (await connection.SqlStateOfAsync("DELETE FROM public.invoices")).Should().Be("42501");
    }
}
