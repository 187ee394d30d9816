namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ScriptTests
{
    [Fact]
    public async Task Scripts_run_with_psql_alone_and_again_and_under_the_migrator_without_harm()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);

        foreach (var script in EmbeddedScripts.All)
            await Psql.RunAsync(database, script.Contents);
        await connection.ExecuteAsync($"INSERT INTO organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'A', 'a')");
        var byHand = await CatalogAsync(connection);

        foreach (var script in EmbeddedScripts.All)
            await Psql.RunAsync(database, script.Contents);
        (await CatalogAsync(connection)).Should().Equal(byHand);

        (await new SchemaMigrator(database).MigrateAsync(Sql.Cancel)).Applied.Should().HaveCount(MigrationTests.Scripts.Length);
        (await CatalogAsync(connection)).Should().Equal(byHand);
        (await connection.CountAsync("organizations")).Should().Be(1);
    }

    [Fact]
    public async Task Psql_and_the_migrator_make_the_same_schema()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var byHand = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        var migrated = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        foreach (var script in EmbeddedScripts.All)
            await Psql.RunAsync(byHand, script.Contents);
        await new SchemaMigrator(migrated).MigrateAsync(Sql.Cancel);
        await using var one = await Sql.OpenAsync(byHand, Sql.Cancel);
        await using var other = await Sql.OpenAsync(migrated, Sql.Cancel);

        (await CatalogAsync(one)).Should().Equal(await CatalogAsync(other)).And.HaveCountGreaterThan(20);
    }

    // Owners, privileges, policies, functions: everything isolation rests on.
    private static Task<List<string>> CatalogAsync(Npgsql.NpgsqlConnection connection) => connection.ListAsync<string>("""
        SELECT format('%s %s %s %s %s %s', c.oid::regclass, c.relkind, pg_get_userbyid(c.relowner), c.relacl, c.relrowsecurity, c.relforcerowsecurity)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('app', 'public') AND c.relname NOT LIKE 'schema_migrations%'
        UNION ALL SELECT format('%s', p) FROM pg_policies p
        UNION ALL SELECT format('%s %s %s %s', p.oid::regprocedure, pg_get_userbyid(p.proowner), p.proacl, md5(pg_get_functiondef(p.oid)))
        FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace
        UNION ALL SELECT format('%s %s %s', nspname, pg_get_userbyid(nspowner), nspacl) FROM pg_namespace WHERE nspname IN ('app', 'public')
        UNION ALL SELECT format('%s %s', attrelid::regclass, attacl) FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid = 'app.admin_access_log'::regclass
        ORDER BY 1
        """);
}
