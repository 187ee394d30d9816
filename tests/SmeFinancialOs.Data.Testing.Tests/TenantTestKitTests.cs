using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>What a host app's own tests are given.</summary>
public sealed class TenantTestKitTests
{
    private const string Notes = """
        CREATE TABLE public.notes (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id) ON DELETE CASCADE,
            id uuid NOT NULL DEFAULT gen_random_uuid(), body text NOT NULL, PRIMARY KEY (org_id, id));
        """;

    private const string Protect = "SELECT app.protect_table('public.notes');";

    [Fact]
    public async Task The_hosts_migrations_run_after_ours_in_order_and_app_owner_owns_what_they_make()
    {
        using var folder = Migrations(("V2__protect.sql", Protect), ("V10__more.sql", "ALTER TABLE public.notes ADD COLUMN more int;"),
            ("V1__notes.sql", Notes), ("V1__notes.undo.sql", "DROP TABLE public.notes;"));
        await using var database = await (await PostgresServer.GetSharedAsync()).CreateTenantDatabaseAsync(new() { MigrationsDirectory = folder.Path });
        (await ScalarAsync(database, "SELECT tableowner::text FROM pg_tables WHERE tablename = 'notes'")).Should().Be("app_owner");

        var (acme, globex) = (await database.CreateOrganizationAsync("Acme"), await database.CreateOrganizationAsync());
        await acme.Session.ExecuteAsync("INSERT INTO notes (body, more) VALUES ('of acme', 1)");
        (await globex.Session.QueryAsync<string>("SELECT body FROM notes")).Should().BeEmpty();
        (await acme.Session.QueryAsync<string>("SELECT body FROM notes")).Should().Equal("of acme");
        (await database.AssertIsolationAsync()).Probed.Should().Contain(probed => probed.ObjectName == "public.notes");
    }

    [Fact]
    public async Task A_table_of_the_host_that_was_left_unprotected_fails_the_isolation_check()
    {
        using var folder = Migrations(("1.sql", Notes + "GRANT SELECT, INSERT, UPDATE, DELETE ON public.notes TO tenant_role;"));
        await using var database = await (await PostgresServer.GetSharedAsync()).CreateTenantDatabaseAsync(new() { MigrationsDirectory = folder.Path });
        (await database.Invoking(d => d.AssertIsolationAsync()).Should().ThrowAsync<TenantIsolationException>()).Which.Message.Should().Contain("notes");
    }

    [Fact]
    public async Task With_the_guard_on_such_a_migration_fails_and_says_which()
    {
        using var folder = Migrations(("1_notes.sql", Notes));
        var server = await PostgresServer.GetSharedAsync();
        var fault = (await server.Invoking(s => s.CreateTenantDatabaseAsync(new() { MigrationsDirectory = folder.Path, Guard = true }))
            .Should().ThrowAsync<MigrationLintException>()).Which;
        fault.Migration.Should().Be("1_notes.sql");
        fault.Message.Should().Contain("row-level security is not enabled");

        // No half a template is kept: mended, the same options work.
        await File.AppendAllTextAsync(Path.Combine(folder.Path, "1_notes.sql"), Protect);
        await using var database = await server.CreateTenantDatabaseAsync(new() { MigrationsDirectory = folder.Path, Guard = true });
        (await ScalarAsync(database, "SELECT count(*) FROM pg_event_trigger WHERE evtname = 'tenant_guard'")).Should().Be(1L);
    }

    [Fact]
    public async Task A_migration_that_does_not_run_is_named_with_its_line()
    {
        using var folder = Migrations(("1.sql", "SELECT 1;\nSELEC 2;"));
        var server = await PostgresServer.GetSharedAsync();
        (await server.Invoking(s => s.CreateTenantDatabaseAsync(new() { MigrationsDirectory = folder.Path })).Should().ThrowAsync<MigrationLintException>())
            .Which.Message.Should().StartWith("1.sql line 2: 42601");
        await server.Invoking(s => s.CreateTenantDatabaseAsync(new() { MigrationsDirectory = folder.Path + "-not-there" }))
            .Should().ThrowAsync<DirectoryNotFoundException>();
    }

    [Fact]
    public async Task A_delegate_migrates_in_any_other_way_and_once_for_all_its_databases()
    {
        var runs = 0;
        var options = new TenantDatabaseOptions { MigrateAsync = MigrateAsync };
        var server = await PostgresServer.GetSharedAsync();
        await using var first = await server.CreateTenantDatabaseAsync(options);
        await using var second = await server.CreateTenantDatabaseAsync(new TenantDatabaseOptions { MigrateAsync = MigrateAsync });
        await using var plain = await server.CreateTenantDatabaseAsync();
        runs.Should().Be(1);
        (await ScalarAsync(second, "SELECT to_regclass('public.made')::text")).Should().Be("made");
        (await ScalarAsync(plain, "SELECT to_regclass('public.made')::text")).Should().Be(DBNull.Value);

        async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
        {
            runs++;
            // A pool that is left behind, as Entity Framework leaves one, does not keep others from copying the template.
            var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = true }.ConnectionString);
            await using var command = source.CreateCommand("CREATE TABLE public.made ()");
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    [Fact]
    public async Task Organizations_have_names_of_their_own_and_an_admin_sees_them_all()
    {
        await using var database = await (await PostgresServer.GetSharedAsync()).CreateTenantDatabaseAsync();
        var made = new[] { await database.CreateOrganizationAsync(), await database.CreateOrganizationAsync(), await database.CreateOrganizationAsync("Acme"),
            await database.CreateOrganizationAsync("Acme") };
        var admin = database.Factory.CreateSession(TenantContext.ForAdmin("test", "test"));
        (await admin.QueryAsync<(Guid, string)>("SELECT id, name FROM organizations ORDER BY id")).Should().BeEquivalentTo(made.Select(o => (o.Id, o.Name)));
        made.Select(o => o.Name).Distinct().Should().HaveCount(3);
    }

    [Fact]
    public async Task A_fixture_makes_a_database_and_drops_it()
    {
        var fixture = new TenantTestFixture();
        fixture.Invoking(f => f.Database).Should().Throw<InvalidOperationException>();
        await fixture.InitializeAsync();
        var (name, factory) = (fixture.Database.Name, fixture.Database.Factory);
        await fixture.Database.CreateOrganizationAsync();
        await fixture.DisposeAsync();
        await using var source = NpgsqlDataSource.Create((await PostgresServer.GetSharedAsync()).ConnectionString);
        await using var command = source.CreateCommand($"SELECT count(*) FROM pg_database WHERE datname = '{name}'");
        (await command.ExecuteScalarAsync()).Should().Be(0L);
        await factory.CreateSession(TenantContext.Demo).Invoking(s => s.ExecuteAsync("SELECT 1")).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_fixture_of_xunit_is_one_line()
    {
        IAsyncLifetime lifetime = new OneLine();
        await lifetime.InitializeAsync();
        await lifetime.DisposeAsync();
    }

    private static TemporaryFolder Migrations(params (string Name, string Sql)[] files)
    {
        var folder = new TemporaryFolder();
        foreach (var (name, sql) in files)
            File.WriteAllText(Path.Combine(folder.Path, name), sql);
        return folder;
    }

    private static async Task<object?> ScalarAsync(TenantDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.SuperuserConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private sealed class OneLine : TenantTestFixture, IAsyncLifetime;
}
