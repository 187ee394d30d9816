namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>A server in use gains and loses nothing: no database, no role, no setting.</summary>
public sealed class LintLeavesNothingTests(ServerRoles roles) : IClassFixture<ServerRoles>
{
    /// <summary>$new is a role that the migration makes; $old and $peer were there before, as $database was.</summary>
    public static TheoryData<string> Changes =>
    [
        "CREATE ROLE $new; GRANT $old TO $new; GRANT $new TO $peer; ALTER ROLE $new SET work_mem = '1MB'; COMMENT ON ROLE $new IS 'new'",
        "CREATE ROLE $new; CREATE SCHEMA s AUTHORIZATION $new; SET ROLE $new; CREATE TABLE s.t (); GRANT SELECT ON s.t TO $old",
        "CREATE ROLE $new CREATEROLE; SET ROLE $new; CREATE ROLE $new_b",
        "ALTER ROLE $old BYPASSRLS PASSWORD 'x'",
        "ALTER ROLE $old SET work_mem = '1MB'; ALTER ROLE $old IN DATABASE $database SET work_mem = '1MB'; "
            + "ALTER DATABASE $database SET app.current_org_id = 'x'",
        "ALTER ROLE $old RENAME TO $new",
        "DROP ROLE $old",
        "COMMENT ON ROLE $old IS 'x'",
        "ALTER DATABASE $database CONNECTION LIMIT 7; GRANT SET ON PARAMETER log_statement TO $old; SELECT pg_replication_origin_create('$new')",
        "CREATE SUBSCRIPTION $new CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
        "BEGIN; ALTER ROLE $old BYPASSRLS; COMMIT AND CHAIN; COMMIT",
        "BEGIN; ALTER ROLE $old BYPASSRLS; END TRANSACTION",
        "BEGIN; ALTER ROLE $old BYPASSRLS; PREPARE TRANSACTION 'x'",
        "BEGIN; ALTER ROLE $old BYPASSRLS; ROLLBACK; ALTER ROLE $old BYPASSRLS",
        "SELECT 1 / 0; ALTER ROLE $old BYPASSRLS; ROLLBACK; ALTER ROLE $old CREATEDB; COMMIT; SELECT 1 / 0",
        "SAVEPOINT a; RELEASE sme_lint_migration; ALTER ROLE $old BYPASSRLS; SELECT 1 / 0; COMMIT",
        "ROLLBACK TO sme_lint_migration; ALTER ROLE $old BYPASSRLS; RELEASE sme_lint_statement; COMMIT",
        "/* c */ begin; ALTER ROLE $old BYPASSRLS; /* c */ commit work",
        "DO $$ BEGIN ALTER ROLE $old BYPASSRLS; COMMIT; END $$",
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN ALTER ROLE $old BYPASSRLS; COMMIT; END $$; CALL p()",
        "CREATE TABLE t (); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ALTER ROLE $old BYPASSRLS; RETURN NULL; END $$; "
            + "CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f(); INSERT INTO t DEFAULT VALUES",
        "SET standard_conforming_strings = off; SELECT 'a\\'; ALTER ROLE $old BYPASSRLS; COMMIT; SELECT 'b\\'",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "CREATE DATABASE $new",
        "DROP DATABASE $database",
        "CREATE TABLESPACE $new LOCATION '/tmp'",
    ];

    [PartTheory]
    [MemberData(nameof(Changes))]
    public async Task The_server_is_as_it_was_whatever_a_migration_does(string sql)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        using var folder = new TemporaryMigrations(("1.sql", roles.Named("CREATE ROLE $new_c")), ("2.sql", roles.Named(sql)), ("3.sql", "SELECT 1"));
        var before = await roles.StateAsync();
        (await Record.ExceptionAsync(() => new MigrationLint(server.ConnectionString).RunAsync(folder.Path, cancellationToken: Sql.Cancel)))
            .Should().Match<Exception?>(e => e == null || e is MigrationLintException);
        (await roles.StateAsync()).Should().Equal(before);
    }

    private const string Databases = "SELECT datname::text FROM pg_database WHERE datname LIKE 'sme\\_lint\\_%'";

    [PartTheory]
    [InlineData("SELECT 1;", null)]
    [InlineData("SELECT 1 / 0;", null)]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid());", typeof(MigrationLintException))]
    public async Task Roles_and_their_settings_are_as_they_were(string last, Type? failure)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (known, made) = (server.NewRoleName("known"), server.NewRoleName("made"));
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"CREATE ROLE {known}");
        using var folder = new TemporaryMigrations(
            ("1.sql", $"CREATE ROLE {made}; ALTER ROLE {known} BYPASSRLS; GRANT {known} TO {made}; ALTER ROLE {known} SET app.current_org_id = 'x';"),
            ("2.sql", last));

        var name = "sme_lint_test_" + Guid.NewGuid().ToString("N");
        var lint = new MigrationLint(server.ConnectionString, new() { DatabaseName = name });
        (await Record.ExceptionAsync(() => lint.RunAsync(folder.Path, cancellationToken: Sql.Cancel)))?.GetType().Should().Be(failure);

        (await connection.ListAsync<string>($"SELECT rolname::text FROM pg_roles WHERE rolname = '{made}' OR rolname = '{known}' AND rolbypassrls"))
            .Should().BeEmpty();
        (await connection.CountAsync($"pg_db_role_setting WHERE setrole = '{known}'::regrole")).Should().Be(0);
        (await connection.ListAsync<string>(Databases)).Should().NotContain(name);
    }

    [PartFact]
    public async Task A_cancelled_lint_takes_its_database_with_it()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        using var folder = new TemporaryMigrations(("1.sql", "SELECT pg_sleep(60);"));
        using var cancel = new CancellationTokenSource();
        var name = "sme_lint_test_" + Guid.NewGuid().ToString("N");
        var progress = new Begun(() => cancel.CancelAfter(TimeSpan.FromMilliseconds(200)));
        var lint = new MigrationLint(server.ConnectionString, new() { DatabaseName = name });
        await lint.Awaiting(l => l.RunAsync(folder.Path, progress, cancel.Token)).Should().ThrowAsync<OperationCanceledException>();
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        (await connection.ListAsync<string>(Databases)).Should().NotContain(name);
    }

    [PartFact]
    public async Task Lints_of_the_same_roles_do_not_disturb_each_other()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var role = server.NewRoleName("same");
        using var folder = new TemporaryMigrations(("1.sql", $"CREATE ROLE {role}; CREATE TABLE t (org_id uuid); GRANT SELECT ON t TO {role};"));
        var reports = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => new MigrationLint(server.ConnectionString).RunAsync(folder.Path, cancellationToken: Sql.Cancel)));
        reports.Should().AllSatisfy(report => report.Findings.Select(f => f.Finding.RuleId).Should().Contain("table-without-rls"));
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        (await connection.CountAsync($"pg_roles WHERE rolname = '{role}'")).Should().Be(0);
    }

    /// <summary>Progress&lt;T&gt; would tell it later, on another thread.</summary>
    private sealed class Begun(Action action) : IProgress<string>
    {
        public void Report(string value) => action();
    }
}
