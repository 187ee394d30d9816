namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>What cannot be judged says where and why.</summary>
public sealed class LintFailureTests
{
    [PartTheory]
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
        foreach (var disposable in (bool[])[false, true])
        {
            var error = (await LintAsync(folder, disposable)).Errors.Should().ContainSingle().Subject;
            (error.Migration, error.Line, error.SqlState).Should().Be(("2_bad.sql", line, sqlState));
            error.Message.Should().Match(message);
        }
    }

    /// <summary>What fails is taken back alone; what stands before it, behind it and in later files runs, and is judged.</summary>
    [PartTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_errors_are_told_and_the_rest_is_judged(bool disposable)
    {
        using var folder = new TemporaryMigrations(
            ("1.sql", "CREATE TABLE a (org_id uuid);\nSELECT nope();\nCREATE TABLE b (org_id uuid);\n\\i other.sql\nCREATE TABLE c (org_id uuid);"),
            ("2.sql", "SAVEPOINT s; CREATE TABLE d (org_id uuid); ROLLBACK TO s; RELEASE s;\nALTER TABLE d ADD x int;\nSELECT 1\n\\gexec\nSELECT 1/0;"),
            ("3.sql", "GRANT SELECT ON a, b, c, e TO app_user;\nGRANT SELECT ON a, b, c TO app_user;"),
            ("4.sql", "CREATE TABLE f (org_id uuid);\nRELEASE nowhere;"));
        var report = await LintAsync(folder, disposable);
        report.Errors.Select(error => (error.Migration, error.Line, error.SqlState)).Should().Equal(("1.sql", 2, "42883"), ("1.sql", 4, null),
            ("2.sql", 2, "42P01"), ("2.sql", 4, null), ("2.sql", 5, "22012"), ("3.sql", 1, "42P01"), ("4.sql", 2, "3B001"));
        report.Errors[^1].Message.Should().EndWith("Nothing of this migration was kept.");
        report.Findings.Where(f => f.Finding.RuleId == "table-without-rls").Select(f => (f.Finding.ObjectName, f.Migration))
            .Should().Equal(("public.a", "1.sql"), ("public.b", "1.sql"), ("public.c", "1.sql"));
        report.Applied.Should().HaveCount(4);
    }

    [PartFact]
    public async Task A_script_of_the_prelude_that_fails_is_named()
    {
        using var folder = new TemporaryMigrations(("1.sql", "SELECT 1;"));
        var report = await LintAsync(folder, new MigrationLintOptions { Prelude = [("before.sql", "SELECT 1;\nSELECT nope();")] });
        report.Errors.Should().ContainSingle().Which.Should().Match<MigrationLintError>(error => error.Migration == "before.sql" && error.Line == 2);
    }

    [PartTheory]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid());")]
    [InlineData("SELECT 1;\nSELECT pg_terminate_backend(pg_backend_pid());\nSELECT 2;")]
    public async Task Nothing_runs_after_the_transaction_has_ended(string sql)
    {
        using var folder = new TemporaryMigrations(("1.sql", sql), ("2.sql", "SELECT nope();"));
        await Linting(folder.Path).Should().ThrowAsync<MigrationLintException>().WithMessage("1.sql line *ended the lint's transaction*");
    }

    [PartFact]
    public async Task A_folder_without_migrations_is_no_clean_one()
    {
        using var folder = new TemporaryMigrations(("1.down.sql", "SELECT 1;"));
        await Linting(folder.Path).Should().ThrowAsync<MigrationLintException>().WithMessage("*holds no SQL migration*");
        await Linting(Path.Combine(folder.Path, "nowhere")).Should().ThrowAsync<DirectoryNotFoundException>();
    }

    [PartFact]
    public async Task A_file_in_another_encoding_is_named()
    {
        using var folder = new TemporaryMigrations();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "1.sql"), [.. "-- caf"u8, 0xE9], Sql.Cancel);
        (await Linting(folder.Path).Should().ThrowAsync<MigrationLintException>().WithMessage("*not UTF-8*")).Which.Migration.Should().Be("1.sql");
    }

    [PartFact]
    public async Task A_login_that_may_not_create_databases_is_told_so()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        using var folder = new TemporaryMigrations(("1.sql", "SELECT 1;"));
        var lint = new MigrationLint(server.ConnectionString.As("app_user"));
        (await lint.Awaiting(l => l.RunAsync(folder.Path, cancellationToken: Sql.Cancel))
            .Should().ThrowAsync<AuditConnectionException>().WithMessage("*CREATEDB*")).Which.SqlState.Should().Be("42501");
    }

    private static Task<MigrationLintReport> LintAsync(TemporaryMigrations folder, bool disposable) =>
        LintAsync(folder, new MigrationLintOptions { DisposableServer = disposable });

    private static async Task<MigrationLintReport> LintAsync(TemporaryMigrations folder, MigrationLintOptions options) =>
        await new MigrationLint((await TestServer.GetSharedAsync(Sql.Cancel)).ConnectionString, options).RunAsync(folder.Path, cancellationToken: Sql.Cancel);

    private static Func<Task> Linting(string path) => async () =>
        await new MigrationLint((await TestServer.GetSharedAsync(Sql.Cancel)).ConnectionString).RunAsync(path, cancellationToken: Sql.Cancel);
}
