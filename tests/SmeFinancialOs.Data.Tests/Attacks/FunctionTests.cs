using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Functions and operators of the attacker's choice: bound elsewhere, or run too late.</summary>
public sealed class FunctionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task Shadowed_operators_and_functions_do_not_reach_the_policies()
    {
        const string scene = $"""
            CREATE SCHEMA shadow; GRANT USAGE ON SCHEMA shadow TO tenant_role;
            CREATE FUNCTION shadow.always(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE OPERATOR shadow.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = shadow.always);
            CREATE FUNCTION shadow.current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT '{Seed.B}' $$
            """;
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        await trial.Connection.RunAsync("SET LOCAL search_path = shadow, pg_catalog, public");
        (await trial.TryAsync("SELECT current_setting('app.current_org_id', true)")).Values.Should().Equal([Seed.B], "the shadow is in force");
        (await trial.TryAsync("SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB).Should().BeFalse("policies are bound by OID");
        (await trial.TryAsync("SELECT app.current_org_id()")).Values.Should().Equal([Seed.A], "so is a body with RETURN");
    }

    [Fact]
    public async Task A_leaky_function_runs_after_the_policy()
    {
        const string leak = "SELECT 1 FROM public.invoices WHERE CAST(customer_name AS int) > 0";
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync(leak)).Error!.MessageText.Should().Contain(Seed.SecretOfA, "its own rows may stand in the error");

        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA with { Organization = Guid.NewGuid().ToString() }))
            (await trial.TryAsync(leak)).Error.Should().BeNull("it comes to no row");

        // Marked leakproof, which only a superuser can do, it runs first.
        const string leakproof = """
            CREATE FUNCTION public.peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 LEAKPROOF AS $$ BEGIN RETURN CAST($1 AS int) > 0; END $$;
            SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off
            """;
        await using var leaky = await Attack.StartAsync(fixture, Actor.TenantA with { Organization = Guid.NewGuid().ToString() }, without: leakproof);
        (await leaky.TryAsync("SELECT 1 FROM public.invoices WHERE public.peek(customer_name)")).Error!.MessageText.Should().Contain("secret of");
    }

    [Fact]
    public async Task Tenant_cannot_make_a_function()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        foreach (var schema in new[] { "public", "app", "pg_temp" })
            (await connection.SqlStateOfAsync($"CREATE FUNCTION {schema}.peek() RETURNS int LANGUAGE sql AS 'SELECT 1'")).Should().Be("42501");
    }
}
