using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

// A script that is marked so runs again when its text has changed, in its place in the order, and people read its name alone.
public sealed class RepeatedScriptTests
{
    private const string Marker = MigrationScript.Marker + "\n";

    [Fact]
    public async Task A_changed_text_runs_again_before_what_comes_after_it()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"), new("11_table.sql", "CREATE TABLE app.told AS SELECT app.f() AS n"));
        IReadOnlyList<SqlScript> next =
            [Function("2"), new("11_table.sql", "changed, and not marked: it does not run"), new("12_more.sql", "INSERT INTO app.told SELECT app.f()")];

        (await Migrator(database, next).GetPendingScriptsAsync(Sql.Cancel)).Should().Equal("10_f.sql", "12_more.sql");
        var result = await RunAsync(database, [.. next]);
        result.Applied.Should().Equal("10_f.sql", "12_more.sql");
        result.AlreadyApplied.Should().Equal("0001_roles.sql", "11_table.sql");
        (await Migrator(database, next).GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
        (await RunAsync(database, [.. next])).AlreadyApplied.Should().Equal("0001_roles.sql", "10_f.sql", "11_table.sql", "12_more.sql");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ListAsync<int>("SELECT n FROM app.told ORDER BY n")).Should().Equal(1, 2);
    }

    [Fact]
    public async Task The_journal_knows_it_by_its_name_and_a_hash_of_the_text()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"));
        await RunAsync(database, Function("2"));
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        var rows = await connection.ListAsync<string>("SELECT scriptname FROM app.schema_migrations ORDER BY applied");
        rows.Should().HaveCount(3).And.StartWith("0001_roles.sql");
        rows[1..].Should().OnlyHaveUniqueItems().And.OnlyContain(row => System.Text.RegularExpressions.Regex.IsMatch(row, "^10_f\\.sql#[0-9a-f]{12}$"));
    }

    [Fact]
    public async Task Line_ends_and_names_of_roles_make_no_other_text()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"));
        (await RunAsync(database, new SqlScript("10_f.sql", Function("1").Contents.Replace("\n", "\r\n")))).Applied.Should().BeEmpty();

        var roles = TestRoles.New(await TestServer.GetSharedAsync(Sql.Cancel));
        new MigrationScript(EmbeddedScripts.All[1], new(roles)).JournaledAs.Should().Be(new MigrationScript(EmbeddedScripts.All[1], new(new())).JournaledAs);
    }

    [Fact]
    public async Task A_failure_in_it_names_the_file_and_the_line_and_it_runs_again()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("1"));
        var failure = (await FluentActions.Awaiting(() => RunAsync(database, Function("nonsense"))).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.ScriptName.Should().Be("10_f.sql");
        failure.Line.Should().Be(2);
        failure.Message.Should().StartWith("sql/10_f.sql line 2: 42703: ");
        (await RunAsync(database, Function("2"))).Applied.Should().Equal("10_f.sql");
    }

    // A host that is rolled back, and migrates when it starts.
    [Fact]
    public async Task An_older_version_puts_no_older_text_over_that_of_a_newer_one()
    {
        var database = await NewDatabaseAsync();
        await RunAsync(database, Function("2"), new("11_newer.sql", "SELECT 1"));
        (await Migrator(database, [Function("1")]).GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
        (await RunAsync(database, Function("1"))).Applied.Should().BeEmpty();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ScalarAsync<int>("SELECT app.f()")).Should().Be(2);
    }

    private static SqlScript Function(string value) =>
        new("10_f.sql", $"{Marker}CREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql RETURN {value};\n");

    private static SchemaMigrator Migrator(string database, IReadOnlyList<SqlScript> scripts) => new(database, null, [EmbeddedScripts.All[0], .. scripts]);

    private static Task<SchemaMigrationResult> RunAsync(string database, params SqlScript[] scripts) => Migrator(database, scripts).MigrateAsync(Sql.Cancel);

    private static async Task<string> NewDatabaseAsync() => await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
}
