using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests.Guard;

/// <summary>How the guard comes, what it needs, and what it cannot see.</summary>
public sealed class GuardTurnedOnTests
{
    private const string EventTriggers = "pg_event_trigger WHERE evtname = 'tenant_guard' AND evtenabled = 'A'";

    [Fact]
    public async Task The_guard_comes_when_it_is_asked_for_and_once()
    {
        var database = await MigratedCopy.CreateAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync(EventTriggers)).Should().Be(0);

        var guarded = new SchemaMigrator(database, new() { Guard = true });
        (await guarded.GetPendingScriptsAsync(Sql.Cancel)).Should().Equal("guard/allowlist.sql", "guard/tenant_guard.sql");
        (await guarded.MigrateAsync(Sql.Cancel)).Applied.Should().Equal("guard/allowlist.sql", "guard/tenant_guard.sql");
        (await connection.CountAsync(EventTriggers)).Should().Be(1);
        (await guarded.MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
    }

    [Fact]
    public async Task The_file_runs_with_psql_and_again_without_harm()
    {
        var database = await NewDatabaseAsync();
        foreach (var variables in new string[][] { [], ["guard=1"], ["guard=1"], [] })
            await Psql.ApplyAsync(database, variables);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync(EventTriggers)).Should().Be(1);
        (await connection.RefusalAsync("CREATE TABLE public.t (a int)")).SqlState.Should().Be("42P17");
        (await new SchemaMigrator(database, new() { Guard = true }).MigrateAsync(Sql.Cancel)).Applied.Should().HaveCount(MigrationTests.Scripts.Length + 1);
    }

    [Fact]
    public async Task Other_role_names_are_guarded_the_same()
    {
        var roles = TestRoles.New(await TestServer.GetSharedAsync(Sql.Cancel));
        var database = await NewDatabaseAsync();
        await new SchemaMigrator(database, new() { Guard = true, Roles = roles }).MigrateAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync($"BEGIN; SET LOCAL ROLE {roles.Owner}; CREATE TABLE public.t (org_id uuid NOT NULL REFERENCES public.organizations); "
            + "SELECT app.protect_table('public.t'); COMMIT");
        (await connection.RefusalAsync($"GRANT TRUNCATE ON public.t TO {roles.Tenant}")).Hint.Should().Be($"REVOKE TRUNCATE ON public.t FROM {roles.Tenant};");
    }

    [Fact]
    public async Task Faulty_tables_are_named_when_it_is_turned_on_and_nothing_is_left()
    {
        var database = await MigratedCopy.CreateAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync("CREATE TABLE public.forgotten (org_id uuid)");

        var guarded = new SchemaMigrator(database, new() { Guard = true });
        var failure = (await guarded.Awaiting(g => g.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.SqlState.Should().Be("42P17");
        failure.Message.Should().Contain("public.forgotten: row-level security is not enabled").And.Contain("SELECT app.protect_table('public.forgotten')");
        (await connection.CountAsync(EventTriggers)).Should().Be(0);
        (await connection.ListAsync<string>("SELECT relname::text FROM pg_class WHERE relnamespace = 'app_guard'::regnamespace AND relkind = 'r'"))
            .Should().Equal("allowlist");
    }

    [Fact]
    public async Task Guard_that_is_turned_on_without_a_superuser_is_refused_with_the_reason()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await MigratedCopy.CreateAsync();
        var login = server.NewRoleName("deployer");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync($"CREATE ROLE {login} LOGIN CREATEROLE; GRANT app_owner TO {login}; "
            + $"ALTER DATABASE {connection.Database} OWNER TO {login}");
        var guarded = new SchemaMigrator(database.As(login), new() { Guard = true });
        (await guarded.Awaiting(g => g.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>())
            .WithMessage("*nothing was changed: the guard is an event trigger, which only a superuser can create*sme-data audit in CI*");
    }

    [Fact]
    public async Task Known_limit_what_happens_while_it_is_disabled_is_refused_with_the_next_migration()
    {
        var database = await MigratedCopy.CreateAsync(isGuarded: true);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync("ALTER EVENT TRIGGER tenant_guard DISABLE; CREATE TABLE public.hidden (org_id uuid); "
            + "ALTER EVENT TRIGGER tenant_guard ENABLE ALWAYS");
        (await superuser.RefusalAsync("COMMENT ON TABLE public.invoices IS 'x'")).MessageText.Should().Contain("public.hidden");
    }

    [Fact]
    public async Task Known_limit_no_event_trigger_fires_for_roles()
    {
        var roles = TestRoles.New(await TestServer.GetSharedAsync(Sql.Cancel));
        var database = await NewDatabaseAsync();
        await new SchemaMigrator(database, new() { Guard = true, Roles = roles }).MigrateAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"ALTER ROLE {roles.AppLogin} BYPASSRLS");
        var report = await new SchemaAudit(database, roles.ToAuditOptions()).RunAsync(Sql.Cancel);
        report.Findings.Select(finding => finding.RuleId).Should().Contain("login-bypassrls");
    }

    [Fact]
    public async Task Guard_can_be_removed()
    {
        var database = await MigratedCopy.CreateAsync(isGuarded: true);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync("DROP EVENT TRIGGER tenant_guard; DROP SCHEMA app_guard CASCADE; CREATE TABLE public.t (a int)");
    }

    private static async Task<string> NewDatabaseAsync() => await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
}
