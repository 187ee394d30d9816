using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>From the real login of a tenant's request, no SQL leads to a role that sees more.</summary>
public sealed class RoleEscalationTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    public static TheoryData<string> Ways =>
    [
        "SET ROLE admin_role",
        "SET LOCAL ROLE admin_role",
        "SELECT set_config('role', 'admin_role', true)",
        "SELECT set_config('role', 'admin_role', false)",
        "SET ROLE app_owner",
        "SELECT set_config('role', 'app_owner', true)",
        "SET ROLE admin_user",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION admin_user",
        "SELECT set_config('session_authorization', 'admin_user', false)",
        "GRANT admin_role TO app_user",
        "GRANT admin_role TO tenant_role",
        "ALTER ROLE app_user BYPASSRLS",
        "ALTER ROLE app_user SUPERUSER",
        "CREATE ROLE helper IN ROLE admin_role",
        "ALTER TABLE public.invoices NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.invoices OWNER TO tenant_role",
        "DROP POLICY tenant_isolation ON public.invoices",
        "CREATE POLICY mine ON public.invoices USING (true)",
        "ALTER POLICY tenant_isolation ON public.invoices USING (true)",
        "GRANT SELECT ON public.invoices TO app_user WITH GRANT OPTION",
        "CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "DROP FUNCTION app.current_org_id()",
        "SELECT app.protect_table('public.invoices')",
        "SET session_replication_role = replica",
        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT SELECT ON TABLES TO tenant_role",
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Tenant_cannot_become_more_than_a_tenant(string way)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        var error = await connection.ErrorOfAsync(way);
        if (error is null)
        {
            // A GRANT of what one has not is a warning, not an error: it has to have been without effect.
            (await fixture.TruthAsync<bool>("SELECT has_table_privilege('app_user', 'public.invoices', 'SELECT')")).Should().BeFalse();
            way.Should().StartWith("GRANT SELECT");
        }
        else
        {
            error.SqlState.Should().Be("42501");
        }

        (await connection.ReadAsync("SELECT DISTINCT org_id FROM public.invoices")).Should().Equal(Seed.A);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bare_login_cannot_become_more_than_a_tenant(string way)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.AppUser);
        (await connection.SqlStateOfAsync(way)).Should().Be("42501");
    }

    [Theory]
    [InlineData("SET ROLE tenant_role")]
    [InlineData("SET ROLE demo_role")]
    [InlineData("SET ROLE app_owner")]
    [InlineData("SET ROLE app_user")]
    public async Task The_admins_login_may_become_admin_role_and_nothing_else(string way)
    {
        await using var connection = await fixture.OpenAsAdminUserAsync();
        (await connection.SqlStateOfAsync(way)).Should().Be("42501");
        (await connection.SqlStateOfAsync("SET ROLE admin_role")).Should().BeNull();
    }

    [Fact]
    public async Task A_membership_in_admin_role_would_turn_any_injection_into_an_admin()
    {
        // NOINHERIT, INHERIT FALSE: as careful as a membership can be.
        var grant = fixture.GrantsDecideInheritance ? "GRANT admin_role TO app_user WITH INHERIT FALSE, SET TRUE" : "GRANT admin_role TO app_user";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: grant);
        (await trial.TryAsync("SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB).Should().BeFalse();
        (await trial.TryAsync("SELECT set_config('role', 'admin_role', true); SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB)
            .Should().BeTrue();
    }

    [Fact]
    public async Task Login_that_inherits_admin_role_reads_every_row_without_an_injection()
    {
        var grant = "GRANT SELECT ON public.invoices TO app_user; " + DefenceRemoval.NoInheritFence("admin_role", "app_user", fixture.GrantsDecideInheritance);
        await using var trial = await Attack.StartAsync(fixture, Actor.AppUser, without: grant);
        (await trial.TryAsync("SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB).Should().BeTrue();
    }
}
