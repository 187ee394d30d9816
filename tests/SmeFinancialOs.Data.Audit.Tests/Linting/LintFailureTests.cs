namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>What cannot be judged says where and why.</summary>
public sealed class LintFailureTests
{
    [Theory]
    [InlineData("SELECT 1;\n\nSELECT nope();", 3, "42883", "*function nope() does not exist*")]
    [InlineData("DO $$\nBEGIN\n  PERFORM 1 / 0;\nEND $$;", 3, "22012", "*a value does not fit*")]
    [InlineData("SELECT 1;\nROLLBACK;", 2, null, "*ends its transaction*")]
    [InlineData("SELECT 1;\n\\i other.sql\n", 2, null, "*psql command \\i is not understood*")]
    [InlineData("SELECT 1\n\\gexec\n", 2, null, "*within a statement*")]
    [InlineData("CREATE DATABASE other;", 1, "25001", "*whole server*")]
    [InlineData("ALTER SYSTEM SET work_mem = '1GB';", 1, "25001", "*whole server*")]
    [InlineData("CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO c VALUES (1);\n", 4,
        "23503", "*")]
    [InlineData("CREATE TABLE t (a int);\nCOPY t FROM stdin;\nx\n\\.\n", 2, "22P02", "*a value does not fit*")]
    public async Task A_migration_that_fails_is_named_with_its_line(string sql, int line, string? sqlState, string message)
    {
        using var folder = new TemporaryMigrations(("1_good.sql", "SELECT 1;"), ("2_bad.sql", sql));
        var failure = (await Linting(folder.Path).Should().ThrowAsync<MigrationLintException>()).Which;
        (failure.Migration, failure.Line, failure.SqlState).Should().Be(("2_bad.sql", line, sqlState));
        failure.Message.Should().StartWith($"2_bad.sql line {line}: ").And.Match(message);
    }

    [Fact]
    public async Task A_folder_without_migrations_is_no_clean_one()
    {
        using var folder = new TemporaryMigrations(("1.down.sql", "SELECT 1;"));
        await Linting(folder.Path).Should().ThrowAsync<MigrationLintException>().WithMessage("*holds no SQL migration*");
        await Linting(Path.Combine(folder.Path, "nowhere")).Should().ThrowAsync<DirectoryNotFoundException>();
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_named()
    {
        using var folder = new TemporaryMigrations();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "1.sql"), [.. "-- caf"u8, 0xE9], Sql.Cancel);
        (await Linting(folder.Path).Should().ThrowAsync<MigrationLintException>().WithMessage("*not UTF-8*")).Which.Migration.Should().Be("1.sql");
    }

    [Fact]
    public async Task A_login_that_may_not_create_databases_is_told_so()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        using var folder = new TemporaryMigrations(("1.sql", "SELECT 1;"));
        var lint = new MigrationLint(server.ConnectionString.As("app_user"));
        (await lint.Awaiting(l => l.RunAsync(folder.Path, cancellationToken: Sql.Cancel))
            .Should().ThrowAsync<AuditConnectionException>().WithMessage("*CREATEDB*")).Which.SqlState.Should().Be("42501");
    }

    private static Func<Task> Linting(string path) => async () =>
        await new MigrationLint((await TestServer.GetSharedAsync(Sql.Cancel)).ConnectionString).RunAsync(path, cancellationToken: Sql.Cancel);
}
