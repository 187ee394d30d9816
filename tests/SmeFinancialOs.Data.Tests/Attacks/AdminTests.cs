using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>The admin context: across organizations, read-only unless asked, and always on record.</summary>
public sealed class AdminTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Admin_sees_all_organizations_and_writes_none_by_default()
    {
        var admin = fixture.Factory.CreateSession(TenantContext.ForAdmin("operator", "reading"));
        (await admin.ExecuteScalarAsync<long>("SELECT count(DISTINCT org_id) FROM public.invoices", cancellationToken: Token)).Should().Be(3);
        (await admin.Invoking(s => s.ExecuteAsync("DELETE FROM public.invoices", cancellationToken: Token)).Should().ThrowAsync<TenantAccessDeniedException>())
            .Which.SqlState.Should().Be("25006");
    }

    [Fact]
    public async Task An_organization_that_is_set_does_not_narrow_what_admin_sees()
    {
        // Permissive policies are ORed: an operator who means one organization says so in the query.
        await using var connection = await fixture.OpenAsAsync(Actor.Admin with { Organization = Seed.A });
        (await connection.ScalarAsync<long>("SELECT count(DISTINCT org_id) FROM public.invoices")).Should().Be(3);
    }

    [Fact]
    public async Task A_factory_with_the_apps_login_for_admins_too_refuses_to_run()
    {
        var factory = new TenantConnectionFactory(fixture.AppDataSource, new TenantConnectionOptions { AdminDataSource = fixture.AppDataSource });
        await factory.Invoking(f => f.OpenConnectionAsync(TenantContext.ForAdmin("operator", "mistake"), Token).AsTask())
            .Should().ThrowAsync<UnsafeDatabaseRoleException>();
    }

    [Fact]
    public async Task A_factory_with_the_admins_login_for_tenants_refuses_to_run()
    {
        await new TenantConnectionFactory(fixture.AdminDataSource).Invoking(f => f.OpenConnectionAsync(fixture.ContextA, Token).AsTask())
            .Should().ThrowAsync<UnsafeDatabaseRoleException>();
    }

    [Fact]
    public async Task A_factory_without_an_admins_login_refuses_admin_contexts()
    {
        await new TenantConnectionFactory(fixture.AppDataSource).Invoking(f => f.OpenConnectionAsync(TenantContext.ForAdmin("operator", "none"), Token)
            .AsTask())
            .Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task The_entry_in_the_log_outlives_a_rolled_back_unit_of_work()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForAdmin("operator", "rolled back").AsReadWrite(), Token))
            await work.ExecuteAsync("UPDATE public.invoices SET status = 'void'", cancellationToken: Token);

        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync("SELECT actor, login, read_only FROM app.admin_access_log WHERE reason = 'rolled back'"))
            .Should().Equal("operator", "admin_user", "f");
        (await superuser.ScalarAsync<long>("SELECT count(*) FROM public.invoices WHERE status = 'void'")).Should().Be(0);
    }

    [Theory]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, login) VALUES ('x', 'x', false, 'somebody_else')")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, opened_at) VALUES ('x', 'x', false, '2000-01-01')")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, client_addr) VALUES ('x', 'x', false, '192.0.2.1')")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, backend_pid) VALUES ('x', 'x', false, 1)")]
    [InlineData("INSERT INTO app.admin_access_log (id, actor, reason, read_only) OVERRIDING SYSTEM VALUE VALUES (1, 'x', 'x', false)")]
    [InlineData("UPDATE app.admin_access_log SET actor = 'somebody else'")]
    [InlineData("DELETE FROM app.admin_access_log")]
    [InlineData("TRUNCATE app.admin_access_log")]
    [InlineData("DROP TABLE app.admin_access_log")]
    [InlineData("ALTER TABLE app.admin_access_log DISABLE TRIGGER ALL")]
    [InlineData("SELECT setval('app.admin_access_log_id_seq', 1)")]
    [InlineData("CREATE RULE quiet AS ON INSERT TO app.admin_access_log DO INSTEAD NOTHING")]
    public async Task The_log_can_be_neither_forged_nor_changed_by_an_admin(string attack)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.Admin);
        (await connection.SqlStateOfAsync(attack)).Should().Be("42501");
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForAdmin("operator", "forging").AsReadWrite(), Token);
        (await work.Connection.SqlStateOfAsync(attack)).Should().Be("42501");
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    public async Task Tenants_neither_read_nor_write_the_log(string role)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA with { Role = role });
        (await connection.SqlStateOfAsync("TABLE app.admin_access_log")).Should().Be("42501");
        (await connection.SqlStateOfAsync("INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES ('x', 'x', false)")).Should().Be("42501");
    }

    [Theory]
    [InlineData("TRUNCATE public.invoices")]
    [InlineData("DROP TABLE public.invoices")]
    [InlineData("ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY")]
    [InlineData("CREATE TEMP TABLE mine AS TABLE public.invoices")]
    [InlineData("SELECT app.protect_table('public.invoices')")]
    [InlineData("GRANT admin_role TO app_user")]
    public async Task Admin_changes_rows_and_not_the_schema(string attack)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.Admin);
        (await connection.SqlStateOfAsync(attack)).Should().Be("42501");
    }
}
