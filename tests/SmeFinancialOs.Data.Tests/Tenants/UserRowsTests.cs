using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Tenants;

/// <summary>app.track_changes_by and app.restrict_to_owner, attacked by users of the same tenant, plain and sealed.</summary>
public abstract class UserRowsTests(NotesDatabase database)
{
    private static readonly TenantContext Organization = TenantContext.ForOrganization(Guid.Parse(Seed.A));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INSERT INTO notes (id, body, changed_by) VALUES (@id, 'x', 'eve')")]
    [InlineData("INSERT INTO notes (id, body, changed_by) SELECT @id, 'x', 'eve'; UPDATE notes SET changed_by = 'eve' WHERE id = @id")]
    [InlineData("INSERT INTO notes (id, body) VALUES (@id, 'x'); INSERT INTO notes (id, body) VALUES (@id, 'y') "
        + "ON CONFLICT (org_id, id) DO UPDATE SET changed_by = 'eve', body = 'y'")]
    [InlineData("MERGE INTO notes n USING (SELECT @id AS id) s ON n.id = s.id WHEN NOT MATCHED THEN INSERT (id, body, changed_by) VALUES (s.id, 'x', 'eve')")]
    [InlineData("INSERT INTO notes (id, body) VALUES (@id, 'x'); MERGE INTO notes n USING (SELECT @id AS id) s ON n.id = s.id "
        + "WHEN MATCHED THEN UPDATE SET changed_by = 'eve'")]
    public async Task Forged_author_of_a_change_is_overwritten(string sql)
    {
        var id = await NewIdAsync();
        await As("ann").ExecuteAsync(sql, new { id }, Cancel);
        (await TruthAsync<string>($"SELECT author || ' ' || changed_by || ' ' || size FROM notes WHERE id = {id}")).Should().Be("ann ann 1");
    }

    [Fact]
    public async Task Change_by_another_user_and_by_an_admin_names_it()
    {
        var id = await NewIdAsync();
        await As("ann").ExecuteAsync("INSERT INTO notes (id, body) VALUES (@id, 'x')", new { id }, Cancel);
        await As("bob", "boss").ExecuteAsync("UPDATE notes SET body = 'yy' WHERE id = @id", new { id }, Cancel);
        (await TruthAsync<string>($"SELECT author || ' ' || changed_by || ' ' || size FROM notes WHERE id = {id}")).Should().Be("ann bob 2");
        await database.Factory.CreateSession(TenantContext.ForAdmin("operator", "a test").AsReadWrite())
            .ExecuteAsync("UPDATE notes SET body = 'z' WHERE id = @id", new { id }, Cancel);
        (await TruthAsync<string>($"SELECT author || ' ' || changed_by FROM notes WHERE id = {id}")).Should().Be("ann operator");
    }

    [Theory]
    [InlineData("SELECT count(*) FROM notes WHERE id = @id")]
    [InlineData("WITH d AS (DELETE FROM notes RETURNING id) SELECT count(*) FROM d WHERE id = @id")]
    [InlineData("WITH u AS (UPDATE notes SET author = 'bob' RETURNING id) SELECT count(*) FROM u WHERE id = @id")]
    public async Task Row_of_another_user_of_the_tenant_is_out_of_reach(string sql)
    {
        var id = await NewIdAsync();
        await As("ann").ExecuteAsync("INSERT INTO notes (id, body) VALUES (@id, 'x')", new { id }, Cancel);
        (await As("bob", "clerk").ExecuteScalarAsync<long>(sql, new { id }, Cancel)).Should().Be(0);
        (await TruthAsync<string>($"SELECT author FROM notes WHERE id = {id}")).Should().Be("ann");
        (await As("bob", "clerk", "boss").ExecuteScalarAsync<long>("SELECT count(*) FROM notes WHERE id = @id", new { id }, Cancel)).Should().Be(1);
        (await database.Factory.CreateSession(TenantContext.ForOrganization(Guid.Parse(Seed.B)).As("ann", "boss"))
            .ExecuteScalarAsync<long>("SELECT count(*) FROM notes WHERE id = @id", new { id }, Cancel)).Should().Be(0, "another tenant's stays out of reach");
    }

    [Theory]
    [InlineData("INSERT INTO notes (id, body, author) VALUES (@id, 'x', 'ann')")]
    [InlineData("INSERT INTO notes (id, body, author) VALUES (@id, 'x', NULL)")]
    [InlineData("INSERT INTO notes (id, body) VALUES (@id, 'x'); UPDATE notes SET author = 'ann' WHERE id = @id")]
    [InlineData("INSERT INTO notes (id, body) VALUES (@id, 'x'); UPDATE notes SET author = NULL WHERE id = @id")]
    public async Task Row_cannot_be_given_to_another_user(string sql)
    {
        var id = await NewIdAsync();
        await As("bob").Invoking(bob => bob.ExecuteAsync(sql, new { id }, Cancel)).Should().ThrowAsync<TenantDataException>();
        (await TruthAsync<long>($"SELECT count(*) FROM notes WHERE id = {id}")).Should().Be(0);
    }

    [Fact]
    public async Task Missing_user_is_an_error_that_says_what_to_do_and_rows_without_an_author_are_for_the_roles_alone()
    {
        var id = await NewIdAsync();
        await RunAsync($"INSERT INTO notes (org_id, id, body) VALUES ('{Seed.A}', {id}, 'x')");
        var fault = (await Nobody.Invoking(nobody => nobody.QueryAsync<int>("SELECT id FROM notes", cancellationToken: Cancel))
            .Should().ThrowAsync<TenantDataException>()).Which;
        fault.InnerException.Should().BeOfType<PostgresException>().Which.Hint.Should().Contain("context.As(userId)");
        await Nobody.Invoking(nobody => nobody.ExecuteAsync("INSERT INTO notes (id, body) VALUES (@id, 'x')", new { id = id + 1 }, Cancel))
            .Should().ThrowAsync<TenantDataException>();
        (await As("ann").ExecuteScalarAsync<long>("SELECT count(*) FROM notes WHERE id = @id", new { id }, Cancel)).Should().Be(0);
        (await As("ann", "a'b,}{").ExecuteScalarAsync<long>("SELECT count(*) FROM notes WHERE id = @id", new { id }, Cancel)).Should().Be(1);
    }

    [Theory]
    [InlineData("O'Brien, \"x\" {y} \\ NULL")]
    [InlineData("NULL")]
    [InlineData("'; DROP TABLE notes; --")]
    public async Task Any_text_is_a_user_and_no_text_is_a_role_that_the_user_has_not(string user)
    {
        var id = await NewIdAsync();
        string[] roles = [.. Enumerable.Range(0, 999).Select(n => $"role {n}"), "{boss}"];
        await As(user, roles).ExecuteAsync("INSERT INTO notes (id, body, changed_by) VALUES (@id, 'x', 'eve')", new { id }, Cancel);
        (await As(user, roles).ExecuteScalarAsync<string>("SELECT changed_by FROM notes WHERE id = @id AND author = @user", new { id, user }, Cancel))
            .Should().Be(user);
        (await As("x," + user, roles).ExecuteScalarAsync<long>("SELECT count(*) FROM notes WHERE id = @id", new { id }, Cancel)).Should().Be(0);
        (await As("x", [.. roles[1..], "boss"]).ExecuteScalarAsync<long>("SELECT count(*) FROM notes WHERE id = @id", new { id }, Cancel)).Should().Be(1);
    }

    [Theory]
    [InlineData("by_uuid", "aaaaaaaa-0000-4000-8000-00000000000a", "ann")]
    [InlineData("by_bigint", "42", "99999999999999999999")]
    [InlineData("by_varchar", "ann", "a user with more than forty characters, as it were")]
    public async Task Users_have_the_type_of_the_column(string column, string user, string misfit)
    {
        await RunAsync($"SET ROLE app_owner; SELECT app.track_changes_by('tasks', '{column}'), app.restrict_to_owner('tasks', '{column}')");
        try
        {
            var id = await NewIdAsync();
            await As(user).ExecuteAsync("INSERT INTO tasks (id) VALUES (@id)", new { id }, Cancel);
            (await As(user).ExecuteScalarAsync<string>($"SELECT {column}::text FROM tasks WHERE id = @id AND by_text = @user", new { id, user }, Cancel))
                .Should().Be(user);
            var fault = (await As(misfit).Invoking(m => m.ExecuteAsync("INSERT INTO tasks (id) VALUES (0)", cancellationToken: Cancel))
                .Should().ThrowAsync<Exception>()).Which;
            ((fault as PostgresException ?? fault.InnerException as PostgresException)!.MessageText).Should().Contain($"does not fit column {column}");
            var missing = (await Nobody.Invoking(n => n.ExecuteAsync("INSERT INTO tasks (id) VALUES (0)", cancellationToken: Cancel))
                .Should().ThrowAsync<Exception>()).Which;
            ((missing as PostgresException ?? missing.InnerException as PostgresException)!.MessageText).Should().Contain("no user is set");
        }
        finally
        {
            await RunAsync($"DROP POLICY row_owner ON tasks; DROP TRIGGER track_changes_by_{column} ON tasks");
        }
    }

    [Theory]
    [InlineData("app.track_changes_by('notes', 'size')", "42804")]
    [InlineData("app.track_changes_by('notes', 'id')", "42804")]
    [InlineData("app.track_changes_by('notes', 'nothing')", "42703")]
    [InlineData("app.track_changes_by('notes', NULL)", "42703")]
    [InlineData("app.track_changes_by('pg_catalog.pg_views', 'viewname')", "42809")]
    [InlineData("app.track_changes_by(NULL, 'x')", "42809")]
    [InlineData("app.restrict_to_owner('app.admin_access_log', 'actor')", "55000")]
    [InlineData("app.restrict_to_owner('notes', 'org')", "42703")]
    [InlineData("app.restrict_to_owner('notes', 'author', '{a,NULL}')", "22023")]
    public async Task Bad_call_says_what_to_do(string call, string code)
    {
        await using var superuser = await database.OpenAsSuperuserAsync();
        var refusal = await FluentActions.Awaiting(() => superuser.RunAsync("SELECT " + call)).Should().ThrowAsync<PostgresException>();
        refusal.Which.SqlState.Should().Be(code);
        refusal.Which.Hint.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task Unprotected_table_is_written_by_a_login_that_knows_no_context()
    {
        await using var superuser = await database.OpenAsSuperuserAsync();
        var old = $"old_{Guid.NewGuid():N}";
        await superuser.RunAsync($"""
            BEGIN;
            CREATE ROLE {old};
            SELECT app.unprotect_table('notes');
            GRANT INSERT ON notes TO {old};
            SET LOCAL ROLE {old};
            INSERT INTO notes (org_id, id, body, author) VALUES ('{Seed.A}', -1, 'x', 'old');
            ROLLBACK
            """);
    }

    [Fact]
    public async Task The_audit_judges_such_tables_safe()
    {
        var report = await new SchemaAudit(database.Database.SuperuserConnectionString).RunAsync(Cancel);
        report.Findings.Where(finding => finding.Severity >= AuditSeverity.Warning).Should().BeEmpty();
    }

    /// <summary>It sets no user, so it cannot show that a tenant reaches its own rows.</summary>
    [Fact]
    public async Task Known_limit_the_probe_reports_such_tables_as_not_probed() =>
        (await database.Database.Awaiting(d => d.AssertIsolationAsync(cancellationToken: Cancel)).Should().ThrowAsync<TenantIsolationException>())
            .WithMessage("0 ways to another tenant's rows*public.notes: Not probed as tenant_role*no user is set*");

    private ITenantSession Nobody => database.Factory.CreateSession(Organization);

    private ITenantSession As(string user, params string[] roles) => database.Factory.CreateSession(Organization.As(user, roles));

    private Task<int> NewIdAsync() => TruthAsync<int>("SELECT 10 + coalesce(max(id), 0) FROM (SELECT id FROM notes UNION ALL SELECT id FROM tasks) t");

    private async Task<T> TruthAsync<T>(string sql)
    {
        await using var superuser = await database.OpenAsSuperuserAsync();
        return (await superuser.ScalarAsync<T>(sql))!;
    }

    private async Task RunAsync(string sql)
    {
        await using var superuser = await database.OpenAsSuperuserAsync();
        await superuser.RunAsync(sql);
    }
}

public sealed class PlainUserRowsTests(NotesDatabase database) : UserRowsTests(database), IClassFixture<NotesDatabase>;

public sealed class SealedUserRowsTests(SealedNotesDatabase database) : UserRowsTests(database), IClassFixture<SealedNotesDatabase>;
