namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class AdminAccessLogTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Entry = "INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES ('ann', 'ticket 1', true)";

    [Fact]
    public async Task Admin_says_who_why_and_how_and_the_database_says_the_rest()
    {
        await using var admin = await database.OpenAsync("admin_role");

        (await admin.RunAsync(Entry)).Should().Be(1);

        (await admin.ListAsync<string>($"SELECT DISTINCT login::text FROM app.admin_access_log WHERE backend_pid = {admin.ProcessID} AND client_addr IS "
            + "NOT NULL AND opened_at <= clock_timestamp()"))
            .Should().Equal("admin_user");
    }

    [Theory]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, opened_at) VALUES ('ann', 'x', true, '2000-01-01')")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, login) VALUES ('ann', 'x', true, 'bob')")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, client_addr) VALUES ('ann', 'x', true, '10.0.0.1')")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only, backend_pid) VALUES ('ann', 'x', true, 1)")]
    [InlineData("INSERT INTO app.admin_access_log (id, actor, reason, read_only) OVERRIDING SYSTEM VALUE VALUES (1, 'ann', 'x', true)")]
    [InlineData("UPDATE app.admin_access_log SET reason = 'y'")]
    [InlineData("DELETE FROM app.admin_access_log")]
    [InlineData("TRUNCATE app.admin_access_log")]
    [InlineData("COPY app.admin_access_log FROM STDIN")]
    [InlineData("ALTER TABLE app.admin_access_log ADD COLUMN x int")]
    [InlineData("DROP TABLE app.admin_access_log")]
    [InlineData("SELECT setval('app.admin_access_log_id_seq', 1)")]
    public async Task Admin_can_neither_forge_nor_change_an_entry(string attack)
    {
        await using var admin = await database.OpenAsync("admin_role");
        await admin.RunAsync(Entry);

        (await admin.RefusalAsync(attack)).SqlState.Should().Be("42501");
    }

    [Theory]
    [InlineData("''")]
    [InlineData("'  '")]
    [InlineData("E'\\t\\n'")]
    [InlineData("NULL")]
    public async Task Actor_and_reason_are_never_blank(string blank)
    {
        await using var admin = await database.OpenAsync("admin_role");

        foreach (var values in new[] { $"{blank}, 'x'", $"'ann', {blank}" })
            (await admin.RefusalAsync($"INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES ({values}, true)")).SqlState
                .Should().StartWith("23");
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    public async Task Others_can_neither_read_nor_write_the_log(string role)
    {
        await using var connection = await database.OpenAsync(role, MigratedDatabase.A);

        (await connection.RefusalAsync("SELECT FROM app.admin_access_log")).SqlState.Should().Be("42501");
        (await connection.RefusalAsync(Entry)).SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task Default_privileges_do_not_open_the_log()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var empty = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(empty, Sql.Cancel);
        await superuser.RunAsync("ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT ALL ON TABLES TO PUBLIC, tenant_role, demo_role, "
            + "app_user, admin_user, admin_role");

        await new SchemaMigrator(empty).MigrateAsync(Sql.Cancel);

        foreach (var table in new[] { "app.admin_access_log", "app.schema_migrations" })
            foreach (var role in new[] { "tenant_role", "demo_role", "app_user", "admin_user" })
                (await superuser.ScalarAsync<bool>($"SELECT has_table_privilege('{role}', '{table}', 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE')"))
                    .Should().BeFalse(because: $"{role} on {table}");
        (await superuser.ScalarAsync<bool>("SELECT has_table_privilege('admin_role', 'app.admin_access_log', 'UPDATE,DELETE,TRUNCATE')")).Should().BeFalse();
    }
}
