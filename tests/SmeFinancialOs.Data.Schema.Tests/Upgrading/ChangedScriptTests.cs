using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>A migration has a number and runs once; an object runs again when its text has changed, in its place in the order.</summary>
public sealed class ChangedScriptTests
{
    [Fact]
    public async Task A_changed_object_runs_again_before_what_comes_after_it()
    {
        var database = await NewDatabaseAsync();
        SqlScript table = new("migrations/11_table.sql", "CREATE TABLE app.told AS SELECT app.f() AS n");
        await RunAsync(database, Function("1"), table);
        IReadOnlyList<SqlScript> next = [Function("2"), table, new("migrations/12_more.sql", "INSERT INTO app.told SELECT app.f()")];

        (await Migrator(database, next).GetPendingScriptsAsync(Sql.Cancel)).Should().Equal("objects/f.sql", "migrations/12_more.sql");
        var result = await RunAsync(database, [.. next]);
        result.Applied.Should().Equal("objects/f.sql", "migrations/12_more.sql");
        result.AlreadyApplied.Should().Equal("migrations/0001_roles.sql", "migrations/11_table.sql");
        (await Migrator(database, next).GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
        (await RunAsync(database, [.. next])).Applied.Should().BeEmpty();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ListAsync<int>("SELECT n FROM app.told ORDER BY n")).Should().Equal(1, 2);
    }

    [Fact]
    public async Task A_changed_migration_is_an_error_that_names_it_and_nothing_runs()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"), new SqlScript("migrations/11_table.sql", "SELECT 1"));
        SqlScript[] changed = [Function("2"), new("migrations/11_table.sql", "SELECT 2")];

        var failure = (await FluentActions.Awaiting(() => RunAsync(database, changed)).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.ScriptName.Should().Be("migrations/11_table.sql");
        failure.Message.Should().StartWith("sql/migrations/11_table.sql was changed after it was applied to this database");
        await Migrator(database, changed).Awaiting(m => m.GetPendingScriptsAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ScalarAsync<int>("SELECT app.f()")).Should().Be(1);
    }

    [Fact]
    public async Task Object_changed_back_to_an_earlier_text_runs_again()
    {
        var database = await NewDatabaseAsync();
        foreach (var value in new[] { "1", "2", "1" })
            (await RunAsync(database, Function(value))).Applied.Should().Contain("objects/f.sql");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ScalarAsync<int>("SELECT app.f()")).Should().Be(1);
    }

    [Fact]
    public async Task The_journal_has_a_row_for_each_file_with_the_checksum_of_its_text()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"));
        await RunAsync(database, Function("2"));
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ListAsync<string>("SELECT scriptname FROM app.schema_migrations ORDER BY 1"))
            .Should().Equal("migrations/0001_roles.sql", "objects/f.sql");
        (await connection.CountAsync("app.schema_migrations WHERE checksum ~ '^[0-9a-f]{12}$'")).Should().Be(2);
    }

    [Fact]
    public async Task Line_ends_and_names_of_roles_make_no_other_text()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"));
        (await RunAsync(database, new SqlScript("objects/f.sql", Function("1").Contents.Replace("\n", "\r\n")))).Applied.Should().BeEmpty();

        var roles = TestRoles.New(await TestServer.GetSharedAsync(Sql.Cancel));
        new MigrationScript(EmbeddedScripts.All[1], new(roles), 0).Checksum.Should().Be(new MigrationScript(EmbeddedScripts.All[1], new(new()), 0).Checksum);
    }

    [Fact]
    public async Task Failure_in_a_changed_object_names_file_and_line_and_the_object_runs_again()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"));
        var failure = (await FluentActions.Awaiting(() => RunAsync(database, Function("nonsense"))).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.ScriptName.Should().Be("objects/f.sql");
        failure.Line.Should().Be(2);
        failure.Message.Should().StartWith("sql/objects/f.sql line 2: 42703: ");
        (await RunAsync(database, Function("2"))).Applied.Should().Equal("objects/f.sql");
    }

    /// <summary>A host that is rolled back, and migrates when it starts.</summary>
    [Fact]
    public async Task An_older_version_puts_no_older_text_over_that_of_a_newer_one()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("2"), Version(2));
        (await Migrator(database, [Function("1"), Version(1)]).GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
        (await RunAsync(database, Function("1"), Version(1))).Applied.Should().BeEmpty();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ScalarAsync<int>("SELECT app.f()")).Should().Be(2);
        (await RunAsync(database, Function("1"), Version(3))).Applied.Should().Equal("objects/f.sql", "objects/schema_version.sql");
    }

    private static SqlScript Function(string value) =>
        new("objects/f.sql", $"SET ROLE app_owner;\nCREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql RETURN {value};\nRESET ROLE;\n");

    private static SqlScript Version(int number) =>
        new("objects/schema_version.sql",
            $"SET ROLE app_owner; CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int LANGUAGE sql STABLE\n RETURN {number}; RESET ROLE");

    private static SchemaMigrator Migrator(string database, IReadOnlyList<SqlScript> scripts) =>
        new(database, null, TestScripts.Only([EmbeddedScripts.All[0], .. scripts]));

    private static Task<SchemaMigrationResult> RunAsync(string database, params SqlScript[] scripts) => Migrator(database, scripts).MigrateAsync(Sql.Cancel);

    private static async Task<string> NewDatabaseAsync() => await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
}
