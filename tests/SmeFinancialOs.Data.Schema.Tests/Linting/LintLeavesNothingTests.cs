namespace SmeFinancialOs.Data.Schema.Tests.Linting;

// A server in use gains and loses nothing: no database, no role, no setting.
public sealed class LintLeavesNothingTests
{
    private const string Databases = "SELECT datname::text FROM pg_database WHERE datname LIKE 'sme\\_lint\\_%'";

    [Theory]
    [InlineData("SELECT 1;", null)]
    [InlineData("SELECT 1 / 0;", typeof(MigrationLintException))]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid());", typeof(MigrationLintException))]
    public async Task Roles_and_their_settings_are_as_they_were(string last, Type? failure)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (known, made) = (server.NewRoleName("known"), server.NewRoleName("made"));
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        await connection.ExecuteAsync($"CREATE ROLE {known}");
        using var folder = new Folder(("1.sql", $"CREATE ROLE {made}; ALTER ROLE {known} BYPASSRLS; GRANT {known} TO {made}; ALTER ROLE {known} SET app.current_org_id = 'x';"), ("2.sql", last));

        var name = "sme_lint_test_" + Guid.NewGuid().ToString("N");
        var lint = new MigrationLint(server.ConnectionString, new() { DatabaseName = name });
        (await Record.ExceptionAsync(() => lint.RunAsync(folder.Path, cancellationToken: Sql.Cancel)))?.GetType().Should().Be(failure);

        (await connection.ListAsync<string>($"SELECT rolname::text FROM pg_roles WHERE rolname = '{made}' OR rolname = '{known}' AND rolbypassrls")).Should().BeEmpty();
        (await connection.CountAsync($"pg_db_role_setting WHERE setrole = '{known}'::regrole")).Should().Be(0);
        (await connection.ListAsync<string>(Databases)).Should().NotContain(name);
    }

    [Fact]
    public async Task A_cancelled_lint_takes_its_database_with_it()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        using var folder = new Folder(("1.sql", "SELECT pg_sleep(60);"));
        using var cancel = new CancellationTokenSource();
        var name = "sme_lint_test_" + Guid.NewGuid().ToString("N");
        var progress = new Begun(() => cancel.CancelAfter(TimeSpan.FromMilliseconds(200)));
        var lint = new MigrationLint(server.ConnectionString, new() { DatabaseName = name });
        await lint.Awaiting(l => l.RunAsync(folder.Path, progress, cancel.Token)).Should().ThrowAsync<OperationCanceledException>();
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        (await connection.ListAsync<string>(Databases)).Should().NotContain(name);
    }

    [Fact]
    public async Task Lints_of_the_same_roles_do_not_disturb_each_other()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var role = server.NewRoleName("same");
        using var folder = new Folder(("1.sql", $"CREATE ROLE {role}; CREATE TABLE t (org_id uuid); GRANT SELECT ON t TO {role};"));
        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new MigrationLint(server.ConnectionString).RunAsync(folder.Path, cancellationToken: Sql.Cancel)));
        reports.Should().AllSatisfy(report => report.Findings.Select(f => f.Finding.RuleId).Should().Contain("table-without-rls"));
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        (await connection.CountAsync($"pg_roles WHERE rolname = '{role}'")).Should().Be(0);
    }

    // Progress<T> would tell it later, on another thread.
    private sealed class Begun(Action action) : IProgress<string>
    {
        public void Report(string value) => action();
    }
}
