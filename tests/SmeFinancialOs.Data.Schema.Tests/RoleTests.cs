namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class RoleTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    [Fact]
    public async Task Logins_inherit_nothing_and_the_app_cannot_become_admin_or_owner()
    {
        await using var connection = await database.OpenAsync();

        (await connection.ListAsync<string>("""
            SELECT l || ' uses ' || r FROM unnest('{app_user,admin_user}'::text[]) l, unnest('{tenant_role,demo_role,admin_role,app_owner}'::text[]) r
            WHERE pg_has_role(l, r, 'USAGE')
            """)).Should().BeEmpty();
        (await connection.ListAsync<string>("""
            SELECT l || ' may be ' || r FROM unnest('{app_user,admin_user}'::text[]) l, unnest('{tenant_role,demo_role,admin_role,app_owner}'::text[]) r
            WHERE pg_has_role(l, r, 'MEMBER') ORDER BY 1
            """)).Should().Equal("admin_user may be admin_role", "app_user may be demo_role", "app_user may be tenant_role");
    }

    [Theory]
    [InlineData("app_user", "admin_role")]
    [InlineData("app_user", "app_owner")]
    [InlineData("admin_user", "tenant_role")]
    [InlineData("admin_user", "app_owner")]
    public async Task Login_cannot_take_a_role_that_is_not_its_own(string login, string role)
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString.As(login), Sql.Cancel);

        (await connection.RefusalAsync($"SET ROLE {role}")).SqlState.Should().Be("42501");
        (await connection.RefusalAsync($"SELECT set_config('role', '{role}', true)")).SqlState.Should().Be("42501");
    }

    [Theory]
    [InlineData("SELECT FROM organizations")]
    [InlineData("SELECT FROM invoices")]
    [InlineData("DELETE FROM invoices")]
    [InlineData("UPDATE invoices SET amount_cents = 0")]
    [InlineData("INSERT INTO organizations (id, name, slug) VALUES (gen_random_uuid(), 'x', 'x')")]
    [InlineData("TRUNCATE invoices")]
    [InlineData("COPY invoices TO STDOUT")]
    [InlineData("SELECT app.current_org_id()")]
    [InlineData("SELECT app.delete_tenant('aaaaaaaa-0000-4000-8000-000000000000')")]
    [InlineData("SELECT app.protect_table('invoices')")]
    [InlineData("SELECT FROM app.admin_access_log")]
    [InlineData("CREATE TEMP TABLE t (id int)")]
    [InlineData("CREATE TABLE public.t (id int)")]
    [InlineData("CREATE TABLE app.t (id int)")]
    [InlineData("CREATE SCHEMA s")]
    public async Task Login_that_took_no_role_is_denied(string attack)
    {
        foreach (var login in new[] { "app_user", "admin_user" })
        {
            await using var connection = await Sql.OpenAsync(database.ConnectionString.As(login), Sql.Cancel);
            await connection.RunAsync($"SET app.current_org_id = '{MigratedDatabase.A}'");

            (await connection.RefusalAsync(attack)).SqlState.Should().Be("42501");
        }
    }

    [Theory]
    [InlineData("CREATE TEMP TABLE t (id int)")]
    [InlineData("CREATE TABLE public.t (id int)")]
    [InlineData("TRUNCATE invoices")]
    [InlineData("SELECT app.protect_table('invoices')")]
    [InlineData("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY")]
    [InlineData("CREATE POLICY p ON invoices USING (true)")]
    [InlineData("ALTER TABLE invoices ADD CONSTRAINT f FOREIGN KEY (org_id) REFERENCES organizations")]
    [InlineData("SET row_security = off; SELECT FROM invoices")]
    public async Task No_role_of_the_app_can_get_round_the_policies(string attack)
    {
        foreach (var role in new[] { "tenant_role", "demo_role" })
        {
            await using var connection = await database.OpenAsync(role, MigratedDatabase.A);

            (await connection.RefusalAsync(attack)).SqlState.Should().Be("42501");
        }
    }

    [Fact]
    public async Task Membership_that_inherits_from_another_grantor_is_refused_or_mended()
    {
        var (server, migrator, roles, connection) = await WithRolesAsync();
        await using var _ = connection;
        if (server.ServerVersion.Major < 16)
        {
            // Inheritance is a property of the login there, which anyone may have set and the script takes back.
            await connection.RunAsync($"ALTER ROLE {roles.AppLogin} INHERIT");
            (await connection.ScalarAsync<bool>($"SELECT pg_has_role('{roles.AppLogin}', '{roles.Tenant}', 'USAGE')")).Should().BeTrue();
            await migrator.MigrateAsync(Sql.Cancel);
            (await connection.ScalarAsync<bool>($"SELECT pg_has_role('{roles.AppLogin}', '{roles.Tenant}', 'USAGE')")).Should().BeFalse();
            return;
        }

        var grantor = server.NewRoleName("grantor");
        await connection.RunAsync($"""
            CREATE ROLE {grantor}; GRANT {roles.Tenant} TO {grantor} WITH ADMIN OPTION;
            SET ROLE {grantor}; GRANT {roles.Tenant} TO {roles.AppLogin} WITH INHERIT TRUE; RESET ROLE
            """);

        var failure = await FailureAsync(migrator);

        failure.ScriptName.Should().Be("migrations/0001_roles.sql");
        failure.Message.Should().Contain($"login \"{roles.AppLogin}\" inherits from or may become \"{roles.Tenant}\"")
            .And.Contain("Another grantor gave this membership");
    }

    [Fact]
    public async Task Own_grant_that_inherits_is_mended()
    {
        var (_, migrator, roles, connection) = await WithRolesAsync();
        await using var __ = connection;
        await connection.RunAsync($"ALTER ROLE {roles.AppLogin} INHERIT");
        await connection.RunAsync($"REVOKE {roles.Tenant} FROM {roles.AppLogin}; GRANT {roles.Tenant} TO {roles.AppLogin}");
        (await connection.ScalarAsync<bool>($"SELECT pg_has_role('{roles.AppLogin}', '{roles.Tenant}', 'USAGE')")).Should().BeTrue();

        await migrator.MigrateAsync(Sql.Cancel);

        (await connection.ScalarAsync<bool>($"SELECT pg_has_role('{roles.AppLogin}', '{roles.Tenant}', 'USAGE')")).Should().BeFalse();
        (await connection.ScalarAsync<bool>($"SELECT pg_has_role('{roles.AppLogin}', '{roles.Tenant}', 'MEMBER')")).Should().BeTrue();
    }

    [Theory]
    [InlineData("GRANT {admin} TO {tenant}")]
    [InlineData("GRANT {admin} TO {app}")]
    [InlineData("GRANT {owner} TO {app}")]
    [InlineData("GRANT {owner} TO {adm}")]
    [InlineData("GRANT {owner} TO {admin}")]
    [InlineData("ALTER ROLE {app} SUPERUSER")]
    [InlineData("ALTER ROLE {app} BYPASSRLS")]
    [InlineData("ALTER ROLE {tenant} BYPASSRLS")]
    [InlineData("ALTER ROLE {demo} SUPERUSER")]
    [InlineData("ALTER ROLE {adm} CREATEROLE")]
    public async Task Roles_that_undo_isolation_are_refused(string planted)
    {
        var (_, migrator, roles, connection) = await WithRolesAsync();
        await using var __ = connection;
        foreach (var (word, name) in new[] { ("owner", roles.Owner), ("tenant", roles.Tenant), ("demo", roles.Demo), ("admin", roles.Admin),
            ("app", roles.AppLogin), ("adm", roles.AdminLogin) })
            planted = planted.Replace($"{{{word}}}", name, StringComparison.Ordinal);
        await connection.RunAsync(planted);

        var failure = await FailureAsync(migrator);

        failure.SqlState.Should().Be("0P000");
        failure.Message.Should().Contain("Hint: ");
    }

    /// <summary>Roles that another database of the cluster has made, and a database that has not been migrated yet.</summary>
    private static async Task<(TestServer Server, SchemaMigrator Migrator, SchemaRoles Roles, Npgsql.NpgsqlConnection Superuser)> WithRolesAsync()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var options = new SchemaMigratorOptions { Roles = TestRoles.New(server) };
        var roles = TestScripts.Only([EmbeddedScripts.All[0]]);
        await new SchemaMigrator(await server.CreateEmptyDatabaseAsync(Sql.Cancel), options, roles).MigrateAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        return (server, new SchemaMigrator(database, options, roles), options.Roles, await Sql.OpenAsync(database, Sql.Cancel));
    }

    private static async Task<SchemaMigrationException> FailureAsync(SchemaMigrator migrator) =>
        (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
}
