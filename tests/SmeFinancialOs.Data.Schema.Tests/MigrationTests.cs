namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class MigrationTests
{
    public static readonly string[] Scripts =
    [
        "0001_roles.sql", "0002_context.sql", "0003_protect_table.sql", "0004_admin_access_log.sql",
        "0005_organizations.sql", "0006_invoices.sql", "0007_delete_organization.sql", "0008_schema_version.sql", "0009_seal_keys.sql",
        "0010_keep_organizations.sql", "0011_keep_keys_and_log.sql", "0012_keep_sessions.sql",
        "0013_article_columns.sql", "0014_keep_policies.sql",
    ];

    [Fact]
    public async Task Every_script_is_applied_once_and_in_order()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        var migrator = new SchemaMigrator(database);

        (await migrator.GetPendingScriptsAsync(Sql.Cancel)).Should().Equal(Scripts);
        var first = await migrator.MigrateAsync(Sql.Cancel);
        var second = await migrator.MigrateAsync(Sql.Cancel);

        first.Applied.Should().Equal(Scripts);
        first.AlreadyApplied.Should().BeEmpty();
        second.Applied.Should().BeEmpty();
        second.AlreadyApplied.Should().Equal(Scripts);
        (await migrator.GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
    }

    [Fact]
    public async Task Asking_for_pending_scripts_changes_nothing()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        await new SchemaMigrator(database).GetPendingScriptsAsync(Sql.Cancel);

        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync("pg_namespace WHERE nspname = 'app'")).Should().Be(0);
    }

    [Fact]
    public async Task Journal_belongs_to_the_owner_and_no_role_of_the_app_can_read_or_write_it()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(database).MigrateAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);

        (await connection.ListAsync<string>("SELECT split_part(scriptname, '#', 1) FROM app.schema_migrations ORDER BY 1")).Should().Equal(Scripts);
        (await connection.ScalarAsync<string>("SELECT tableowner::text FROM pg_tables WHERE tablename = 'schema_migrations'")).Should().Be("app_owner");
        foreach (var role in new[] { "tenant_role", "demo_role", "admin_role", "app_user", "admin_user" })
        {
            await connection.ExecuteAsync($"SET ROLE {role}");
            foreach (var attack in new[] { "SELECT FROM app.schema_migrations", "DELETE FROM app.schema_migrations", "INSERT INTO app.schema_migrations VALUES ('x')" })
                (await connection.RefusalAsync(attack)).SqlState.Should().Be("42501");
            await connection.ExecuteAsync("RESET ROLE");
        }
    }

    [Fact]
    public async Task A_second_database_of_the_same_cluster_works_though_the_roles_are_shared()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var result = await new SchemaMigrator(await server.CreateEmptyDatabaseAsync(Sql.Cancel)).MigrateAsync(Sql.Cancel);
            result.Applied.Should().Equal(Scripts);
        }
    }

    [Fact]
    public async Task Ambient_transactions_are_left_alone()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
            await new SchemaMigrator(database).MigrateAsync(Sql.Cancel);

        (await new SchemaMigrator(database).GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
    }
}
