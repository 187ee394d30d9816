namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ContextTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string A = MigratedDatabase.A, B = MigratedDatabase.B;

    [Theory]
    [InlineData("tenant_role", A, "'" + A + "'", "tenant_role", true)]
    [InlineData("tenant_role", B, "'" + A + "'", "tenant_role", false)]
    [InlineData("tenant_role", A, "'" + A + "'", "demo_role", false)]
    [InlineData("tenant_role", A, "NULL", "tenant_role", false)]
    [InlineData("tenant_role", null, "'" + A + "'", "tenant_role", false)]
    [InlineData("admin_role", null, "NULL", "admin_role", true)]
    [InlineData("admin_role", A, "NULL", "admin_role", false)]
    public async Task Commit_check_passes_for_the_context_that_was_opened_alone(string role, string? organization, string expectedOrganization,
        string expectedRole, bool passes)
    {
        await using var connection = await database.OpenAsync(role, organization);
        var check = $"SELECT app.require_context({expectedOrganization}, '{expectedRole}')";

        if (passes)
            await connection.RunAsync(check);
        else
            (await connection.RefusalAsync(check)).SqlState.Should().Be("TD001");
    }

    [Fact]
    public async Task Current_organization_is_null_before_and_after_a_transaction_that_set_it()
    {
        await using var connection = await database.OpenAsync("tenant_role");

        (await connection.ScalarAsync<bool>("SELECT app.current_org_id() IS NULL")).Should().BeTrue();
        await connection.RunAsync($"BEGIN; SELECT set_config('app.current_org_id', '{A}', true); COMMIT");
        (await connection.ScalarAsync<bool>("SELECT app.current_org_id() IS NULL")).Should().BeTrue();
    }

    [Fact]
    public async Task Functions_ask_no_search_path()
    {
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            BEGIN; CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO tenant_role;
            CREATE FUNCTION evil.current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT '{B}' $$;
            SET LOCAL search_path = evil, pg_catalog; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{A}'
            """);

        (await superuser.ScalarAsync<Guid>("SELECT app.current_org_id()")).Should().Be(Guid.Parse(A));
    }

    [Fact]
    public async Task Plan_cached_for_one_tenant_serves_no_row_of_it_to_the_next()
    {
        await using var connection = await database.OpenAsync("tenant_role", A);
        await connection.RunAsync("SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT org_id FROM invoices");
        (await connection.ListAsync<Guid>("EXECUTE q")).Should().Equal(Guid.Parse(A));

        await connection.RunAsync($"SET app.current_org_id = '{B}'");

        (await connection.ListAsync<Guid>("EXECUTE q")).Should().Equal(Guid.Parse(B));
    }
}
