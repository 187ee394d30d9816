using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class SchemaRolesTests
{
    public static TheoryData<SchemaRoles, string> Refused => new()
    {
        { new SchemaRoles { Owner = "" }, "Owner" },
        { new SchemaRoles { Owner = null! }, "Owner" },
        { new SchemaRoles { Tenant = "Tenant" }, "Tenant" },
        { new SchemaRoles { Demo = "1demo" }, "Demo" },
        { new SchemaRoles { Admin = "admin; DROP ROLE x" }, "Admin" },
        { new SchemaRoles { Admin = "admin\n" }, "Admin" },
        { new SchemaRoles { Admin = "ädmin" }, "Admin" },
        { new SchemaRoles { AppLogin = new string('a', 64) }, "AppLogin" },
        { new SchemaRoles { AdminLogin = "pg_monitor" }, "AdminLogin" },
        { new SchemaRoles { Owner = "user" }, "Owner" },
        { new SchemaRoles { Owner = "none" }, "Owner" },
        { new SchemaRoles { Owner = "public" }, "Owner" },
        { new SchemaRoles { Owner = "system_user" }, "Owner" },
        { new SchemaRoles { Admin = "app_owner" }, "Admin" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Names_that_are_no_plain_distinct_identifiers_are_refused(SchemaRoles roles, string property) =>
        FluentActions.Invoking(() => new SchemaMigrator("Host=h", new SchemaMigratorOptions { Roles = roles }))
            .Should().Throw<ArgumentException>().WithMessage($"{property} *").WithParameterName(property);

    [Fact]
    public void Null_roles_are_refused() =>
        FluentActions.Invoking(() => new SchemaMigrator("Host=h", new SchemaMigratorOptions { Roles = null! })).Should().Throw<ArgumentException>();

    /// <summary>Every keyword of the server is either usable unquoted or refused by us.</summary>
    [Fact]
    public async Task Reserved_words_are_those_of_the_server()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);

        var reserved = await connection.ListAsync<string>("SELECT word FROM pg_get_keywords() WHERE catcode = 'R'");

        reserved.Should().OnlyContain(word => ReservedWords.Contains(word));
    }

    [Theory]
    [InlineData("GRANT tenant_role TO app_user;", "GRANT t TO app_owner;")]
    [InlineData("format('TO tenant_role') -- as tenant_role, 'app_user'", "format('TO t') -- as t, 'app_owner'")]
    [InlineData("my_tenant_role tenant_roles tenant_role2 tenant_role$ xapp_user app_users",
        "my_tenant_role tenant_roles tenant_role2 tenant_role$ xapp_user app_users")]
    [InlineData("app_owner,app_user\r\n\"tenant_role\"", "app_user,app_owner\r\n\"t\"")]
    public void Names_are_replaced_as_whole_words_and_all_at_once(string sql, string expected) =>
        new RoleRenaming(new SchemaRoles { Owner = "app_user", AppLogin = "app_owner", Tenant = "t" }).Apply(sql).Should().Be(expected);

    [Fact]
    public void Default_names_change_nothing() =>
        EmbeddedScripts.All.Should().OnlyContain(s => new RoleRenaming(new SchemaRoles()).Apply(s.Contents) == s.Contents);

    [Fact]
    public async Task Other_names_isolate_and_the_default_roles_get_nothing()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        var roles = TestRoles.New(server);
        await new SchemaMigrator(database, new SchemaMigratorOptions { Roles = roles }).MigrateAsync(Sql.Cancel);
        await using var admin = await Sql.OpenAsync(database, Sql.Cancel);
        await admin.RunAsync($"INSERT INTO organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'A', 'a'), ('{MigratedDatabase.B}', 'B', 'b')");

        await using var tenant = await Sql.OpenAsync(database.As(roles.AppLogin), Sql.Cancel);
        await tenant.RunAsync($"SET ROLE {roles.Tenant}; SET app.current_org_id = '{MigratedDatabase.A}'");
        (await tenant.ListAsync<string>("SELECT slug FROM organizations")).Should().Equal("a");
        (await tenant.RunAsync("UPDATE organizations SET name = 'mine'")).Should().Be(1);

        (await admin.CountAsync("""
            pg_shdepend d JOIN pg_authid r ON r.oid = d.refobjid AND d.refclassid = 'pg_authid'::regclass
            WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND r.rolname IN ('app_owner', 'tenant_role', 'demo_role', 'admin_role', 'app_user', 'admin_user')
            """)).Should().Be(0);
        await using var stranger = await Sql.OpenAsync(database.As("app_user"), Sql.Cancel);
        await stranger.RunAsync("SET ROLE tenant_role");
        (await stranger.RefusalAsync("SELECT FROM organizations")).SqlState.Should().Be(PostgresErrorCodes.InsufficientPrivilege);
    }
}
