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
        await CheckAsync(connection, $"SELECT app.require_context({expectedOrganization}, '{expectedRole}', NULL, NULL)", passes);
    }

    /// <summary>The user and the roles that were opened, and what SQL has put in their place.</summary>
    [Theory]
    [InlineData("ann", "{clerk,boss}", "'ann', '{clerk,boss}'", true)]
    [InlineData("bob", "{clerk,boss}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ANN", "{clerk,boss}", "'ann', '{clerk,boss}'", false)]
    [InlineData("", "{clerk,boss}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "{clerk}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "{clerk,boss,admin}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "{boss,clerk}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "{{clerk,boss}}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "[2:3]={clerk,boss}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "{\"clerk,boss\"}", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "", "'ann', '{clerk,boss}'", false)]
    [InlineData("ann", "{NULL}", "'ann', '{}'", false)]
    [InlineData("ann", "{clerk,NULL}", "'ann', '{clerk}'", false)]
    [InlineData("ann", "{NULL}", "'ann', '{NULL}'", true)]
    [InlineData("ann", "{admin}", "'ann', NULL", false)]
    [InlineData("ann", "", "'ann', NULL", true)]
    [InlineData("ann", "{}", "'ann', NULL", true)]
    [InlineData("ann", "", "'ann', '{}'", true)]
    [InlineData("ann", "", "NULL, NULL", false)]
    [InlineData("", "{admin}", "NULL, NULL", false)]
    [InlineData("", "", "NULL, NULL", true)]
    [InlineData(null, null, "NULL, NULL", true)]
    public async Task Commit_check_passes_for_the_user_and_the_roles_that_were_opened_alone(string? user, string? roles, string expected, bool passes)
    {
        await using var connection = await database.OpenAsync("tenant_role", A);
        if (user is not null)
            await connection.RunAsync($"SELECT set_config('app.current_user_id', '{user}', false), set_config('app.current_roles', '{roles}', false)");
        await CheckAsync(connection, $"SELECT app.require_context('{A}', 'tenant_role', {expected})", passes);
    }

    /// <summary>A role that no list can have is an error, and not a commit.</summary>
    [Fact]
    public async Task Commit_check_refuses_roles_that_are_no_list()
    {
        await using var connection = await database.OpenAsync("tenant_role", A);
        await connection.RunAsync("SET app.current_roles = '{clerk'");
        (await connection.RefusalAsync($"SELECT app.require_context('{A}', 'tenant_role', NULL, NULL)")).SqlState.Should().Be("22P02");
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    [InlineData("admin_role")]
    public async Task User_and_roles_say_what_was_set_and_nothing_after_the_transaction(string role)
    {
        const string none = "SELECT concat(app.current_user_id() IS NULL, cardinality(app.current_roles()))";
        await using var connection = await database.OpenAsync(role);
        (await connection.ScalarAsync<string>(none)).Should().Be("t0");
        await connection.RunAsync("""
            BEGIN; SELECT set_config('app.current_user_id', 'Ann O''Hara', true), set_config('app.current_roles', ARRAY['a,b', '', 'NULL', 'é"']::text, true)
            """);
        (await connection.ScalarAsync<string>("SELECT app.current_user_id()")).Should().Be("Ann O'Hara");
        (await connection.ScalarAsync<string[]>("SELECT app.current_roles()")).Should().Equal("a,b", "", "NULL", "é\"");
        (await connection.ScalarAsync<bool>("SELECT 'NULL' = ANY (app.current_roles()) AND 'a' <> ALL (app.current_roles())")).Should().BeTrue();

        await connection.RunAsync("COMMIT");

        (await connection.ScalarAsync<string>("SELECT current_setting('app.current_user_id')")).Should().BeEmpty("that is how a setting ends");
        (await connection.ScalarAsync<string>(none)).Should().Be("t0");
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

    private static async Task CheckAsync(Npgsql.NpgsqlConnection connection, string check, bool passes)
    {
        if (passes)
        {
            await connection.RunAsync(check);
            return;
        }

        var refusal = await connection.RefusalAsync(check);
        (refusal.SqlState, refusal.MessageText).Should().Be(("TD001", "the tenant, role or user of this transaction was changed after it was opened"));
    }
}
