namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class MigrationRightsTests
{
    [Fact]
    public async Task Owner_of_the_database_with_createrole_can_migrate_and_again_and_a_second_database()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var options = new SchemaMigratorOptions { Roles = TestRoles.New(server) };
        var login = await NewLoginAsync(server, "CREATEROLE");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var database = await OwnedDatabaseAsync(server, login);
            var migrator = new SchemaMigrator(database.As(login), options);

            (await migrator.MigrateAsync(Sql.Cancel)).Applied.Should().HaveCount(MigrationTests.Scripts.Length - 1);
            (await migrator.MigrateAsync(Sql.Cancel)).AlreadyApplied.Should().HaveCount(MigrationTests.Scripts.Length - 1);
            (await migrator.GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
            (await new SchemaMigrator(database, options).MigrateAsync(Sql.Cancel)).Applied
                .Should().Equal(["guard/allowlist.sql"], "a superuser reads the same journal");

            await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
            (await connection.ListAsync<string>("SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname IN ('app', 'public')"))
                .Should().Equal(options.Roles.Owner);
        }
    }

    [Fact]
    public async Task Owner_without_createrole_is_told_the_rights_it_needs()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var login = await NewLoginAsync(server, "");
        var database = await OwnedDatabaseAsync(server, login);

        var failure = await FailureAsync(new SchemaMigrator(database.As(login), new SchemaMigratorOptions { Roles = TestRoles.New(server) }));

        failure.SqlState.Should().Be("42501");
        failure.ScriptName.Should().BeNull("nothing was run");
        failure.Message.Should().Contain($"ALTER ROLE {login} CREATEROLE;").And.Contain("needs a superuser, or the owner of the database");
    }

    [Fact]
    public async Task Createrole_without_the_database_is_told_the_rights_it_needs_and_leaves_no_role_behind()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var login = await NewLoginAsync(server, "CREATEROLE");
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        var roles = TestRoles.New(server);

        var failure = await FailureAsync(new SchemaMigrator(database.As(login), new SchemaMigratorOptions { Roles = roles }));

        failure.SqlState.Should().Be("42501");
        failure.Message.Should().Contain("owner of the database");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync($"pg_roles WHERE rolname = '{roles.Owner}'")).Should().Be(0);
    }

    [Fact]
    public async Task Stranger_cannot_look_into_the_journal_and_is_told_so()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(database).MigrateAsync(Sql.Cancel);

        var failure = (await new SchemaMigrator(database.As("app_user")).Awaiting(m => m.GetPendingScriptsAsync(Sql.Cancel))
            .Should().ThrowAsync<SchemaMigrationException>()).Which;

        failure.SqlState.Should().Be("42501");
        failure.Message.Should().Contain("GRANT app_owner TO this login");
    }

    /// <summary>A superuser made the roles; the owner of the database has no CREATEROLE, but was let in.</summary>
    [Fact]
    public async Task Roles_made_by_another_serve_whoever_was_granted_the_owner()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var options = new SchemaMigratorOptions { Roles = TestRoles.New(server) };
        await new SchemaMigrator(await server.CreateEmptyDatabaseAsync(Sql.Cancel), options).MigrateAsync(Sql.Cancel);
        var login = await NewLoginAsync(server, "");
        var database = await OwnedDatabaseAsync(server, login);
        var refused = await FailureAsync(new SchemaMigrator(database.As(login), options));
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"GRANT {options.Roles.Owner}, {options.Roles.Sealer} TO {login}");

        var result = await new SchemaMigrator(database.As(login), options).MigrateAsync(Sql.Cancel);

        refused.Message.Should().Contain($"GRANT {options.Roles.Owner}, {options.Roles.Sealer} TO {login};");
        result.Applied.Should().HaveCount(MigrationTests.Scripts.Length - 1);
    }

    private static async Task<string> NewLoginAsync(TestServer server, string attributes)
    {
        var login = server.NewRoleName("login");
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"CREATE ROLE {login} LOGIN {attributes}");
        return login;
    }

    private static async Task<string> OwnedDatabaseAsync(TestServer server, string login)
    {
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync($"ALTER DATABASE {connection.Database} OWNER TO {login}");
        return database;
    }

    private static async Task<SchemaMigrationException> FailureAsync(SchemaMigrator migrator) =>
        (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
}
