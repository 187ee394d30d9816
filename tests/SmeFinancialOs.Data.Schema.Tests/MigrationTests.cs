namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class MigrationTests
{
    public static readonly string[] Scripts =
    [
        "migrations/0001_roles.sql", "migrations/0002_admin_access_log.sql", "migrations/0003_seal_keys.sql", "migrations/0004_keep_sessions.sql",
        "migrations/0005_protected_tables.sql", "migrations/0006_tenant_id.sql", "migrations/0007_maintenance_log.sql", "migrations/0008_resolvers.sql",
        "migrations/0009_table_kinds.sql",
        "objects/context.sql", "objects/maintenance.sql", "objects/seal_keys.sql", "objects/admin_access_log.sql", "objects/protection.sql",
        "objects/apply_protection.sql", "objects/register_table.sql", "objects/protect_table.sql", "objects/protect_through.sql",
        "objects/add_tenant_column.sql", "objects/share_table.sql", "objects/unprotect_table.sql", "objects/users.sql", "objects/tenants_table.sql",
        "objects/delete_tenant.sql", "objects/resolvers.sql", "objects/invitations.sql", "objects/keep_policies.sql", "objects/schema_version.sql",
        "invoicing/0001_tables.sql", "invoicing/0002_article_columns.sql", "invoicing/protection.sql", "guard/allowlist.sql",
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

        (await connection.ListAsync<string>("SELECT scriptname FROM app.schema_migrations")).Should().BeEquivalentTo(Scripts);
        (await connection.ScalarAsync<string>("SELECT tableowner::text FROM pg_tables WHERE tablename = 'schema_migrations'")).Should().Be("app_owner");
        foreach (var role in new[] { "tenant_role", "demo_role", "admin_role", "app_user", "admin_user" })
        {
            await connection.RunAsync($"SET ROLE {role}");
            foreach (var attack in new[] { "SELECT FROM app.schema_migrations", "DELETE FROM app.schema_migrations",
                "INSERT INTO app.schema_migrations VALUES ('x')" })
                (await connection.RefusalAsync(attack)).SqlState.Should().Be("42501");
            await connection.RunAsync("RESET ROLE");
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
    public void Every_file_of_sql_is_in_apply_sql()
    {
        var folder = Path.Combine(RepositoryRoot.Folder, "sql");
        EmbeddedScripts.All.Concat(EmbeddedScripts.Guard).Concat(EmbeddedScripts.Seal).Select(script => script.Name).Distinct().Append("apply.sql")
            .Should().BeEquivalentTo(Directory.GetFiles(folder, "*.sql", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')));
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
