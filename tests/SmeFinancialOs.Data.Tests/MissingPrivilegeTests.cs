using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>A forgotten GRANT and another tenant's row have one SQLSTATE, 42501. The routine of the server that raised it tells which it is.</summary>
public sealed class MissingPrivilegeTests(MissingPrivilegeTests.Ungranted fixture) : IClassFixture<MissingPrivilegeTests.Ungranted>
{
    private const string SameText = "DO $$ BEGIN RAISE 'permission denied for table ungranted' USING ERRCODE = '42501', TABLE = 'ungranted'; END $$";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Missing => new()
    {
        { "SELECT id FROM ungranted", "table ungranted" },
        { "SELECT id FROM ungranted FOR UPDATE", "table ungranted" },
        { "INSERT INTO ungranted VALUES (1)", "table ungranted" },
        { "UPDATE ungranted SET id = 1", "table ungranted" },
        { "DELETE FROM ungranted", "table ungranted" },
        { "TRUNCATE ungranted", "table ungranted" },
        { "MERGE INTO ungranted USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE", "table ungranted" },
        { "WITH x AS (SELECT id FROM ungranted) SELECT * FROM x", "table ungranted" },
        { "SELECT query_to_xml('SELECT id FROM ungranted', true, true, '')", "table ungranted" },
        { "DO $$ BEGIN PERFORM id FROM ungranted; EXCEPTION WHEN insufficient_privilege THEN RAISE; END $$", "table ungranted" },
        { "SELECT secret FROM half", "table half" },
        { "UPDATE half SET secret = 1", "table half" },
        { "SELECT id FROM over_ungranted", "table ungranted" },
        { "SELECT id FROM ungranted_part", "table ungranted_part" },
        { "SELECT id FROM ungranted_copy", "materialized view ungranted_copy" },
        { "SELECT id FROM closed.things", "schema closed" },
        { "CREATE TABLE public.mine (id int)", "schema public" },
        { "CREATE SCHEMA mine", "database" },
        { "CREATE TEMP TABLE t (id int)", "database" },
        { "SELECT ungranted_function()", "function ungranted_function" },
        { "CALL ungranted_procedure()", "procedure ungranted_procedure" },
        { "SELECT pg_read_file('/etc/passwd')", "function pg_read_file" },
        { "SELECT nextval('ungranted_seq')", "sequence ungranted_seq" },
        { "SELECT setval('ungranted_seq', 1)", "sequence ungranted_seq" },
        { "SELECT last_value FROM ungranted_seq", "sequence ungranted_seq" },
        { "ALTER TABLE invoices DISABLE ROW LEVEL SECURITY", "table invoices" },
        { "SELECT set_config('role', 'admin_role', true)", "admin_role" },
        { "SELECT set_config('session_replication_role', 'replica', true)", "session_replication_role" },
        { "SELECT current_setting('data_directory')", "data_directory" },
        { "ALTER ROLE admin_role LOGIN", "permission denied" },
        { "GRANT admin_role TO tenant_role", "admin_role" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task Privilege_that_is_missing_has_a_type_and_a_message_of_its_own(string sql, string name)
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA);
        var fault = (await session.Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowExactlyAsync<MissingPrivilegeException>()).Which;
        fault.Message.Should().Contain(name).And.MatchRegex("GRANT|owner").And.Contain("organization " + Seed.A);
        fault.SqlState.Should().Be("42501");
        fault.InnerException.Should().BeOfType<PostgresException>();
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.Invoking(w => w.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowExactlyAsync<MissingPrivilegeException>();
    }

    public static TheoryData<string> OfRowSecurity =>
    [
        Seed.Insert(Seed.B),
        Seed.Insert(Seed.B) + " ON CONFLICT DO NOTHING",
        Seed.Insert(Seed.B) + " RETURNING id",
        $"WITH planted AS ({Seed.Insert(Seed.B)}) SELECT 1",
        $"UPDATE invoices SET org_id = '{Seed.B}'",
        $"MERGE INTO invoices i USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET org_id = '{Seed.B}'",
        "INSERT INTO guarded VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET owner = 'me'",
        "MERGE INTO guarded USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET owner = 'me'",
        "INSERT INTO guarded VALUES (2, 'restricted')",
        "SELECT set_config('row_security', 'off', true); SELECT number FROM invoices",
        "SELECT set_config('row_security', 'off', true); DELETE FROM invoices",
        "SELECT refuse()",
        SameText,
    ];

    [Theory]
    [MemberData(nameof(OfRowSecurity))]
    public async Task Row_security_and_a_function_of_the_host_are_a_denied_access(string sql)
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA);
        var fault = await session.Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowExactlyAsync<TenantAccessDeniedException>();
        fault.Which.SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task Routine_that_is_not_known_is_a_denied_access()
    {
        // As of a pooler, of an extension, or of a later version: nobody is told to GRANT for what may be another tenant's row.
        foreach (var routine in new[] { null, "", "ReportResultError", "aclcheck_errors", "ACLCHECK_ERROR", "a routine of tomorrow" })
        {
            var answer = new PostgresException("permission denied for table ungranted", "ERROR", "ERROR", "42501", routine: routine);
            foreach (var context in new[] { fixture.ContextA, TenantContext.Demo, TenantContext.ForAdmin("a", "b") })
                Sessions.FaultTranslation.Translate(answer, context).Should().BeOfType<TenantAccessDeniedException>();
        }
    }

    [Theory]
    [InlineData("SELECT id FROM ungranted", typeof(MissingPrivilegeException))]
    [InlineData("SELECT secret FROM half", typeof(MissingPrivilegeException))]
    [InlineData("SELECT id FROM closed.things", typeof(MissingPrivilegeException))]
    [InlineData("SELECT ungranted_function()", typeof(MissingPrivilegeException))]
    [InlineData("SELECT last_value FROM ungranted_seq", typeof(MissingPrivilegeException))]
    [InlineData("SELECT set_config('role', 'tenant_role', true), set_config('role', 'admin_role', true)", typeof(MissingPrivilegeException))]
    [InlineData("INSERT INTO ungranted VALUES (1)", typeof(DemoReadOnlyException))]
    [InlineData("UPDATE ungranted SET id = 1", typeof(DemoReadOnlyException))]
    [InlineData("DELETE FROM ungranted", typeof(DemoReadOnlyException))]
    [InlineData("TRUNCATE ungranted", typeof(DemoReadOnlyException))]
    [InlineData("MERGE INTO ungranted USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE", typeof(DemoReadOnlyException))]
    [InlineData("SELECT id FROM ungranted FOR UPDATE", typeof(DemoReadOnlyException))]
    [InlineData("SELECT nextval('ungranted_seq')", typeof(DemoReadOnlyException))]
    [InlineData("SELECT setval('ungranted_seq', 1)", typeof(DemoReadOnlyException))]
    [InlineData("CREATE TABLE public.mine (id int)", typeof(DemoReadOnlyException))]
    [InlineData("SELECT set_config('row_security', 'off', true); SELECT number FROM invoices", typeof(TenantAccessDeniedException))]
    [InlineData("SELECT refuse()", typeof(TenantAccessDeniedException))]
    public async Task Demo_tells_a_write_from_a_read_without_a_grant(string sql, Type type)
    {
        var session = fixture.Factory.CreateSession(TenantContext.Demo);
        (await session.Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<TenantDataException>()).Which.Should().BeOfType(type);
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.Demo, Token);
        (await work.Invoking(w => w.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<TenantDataException>()).Which.Should().BeOfType(type);
    }

    [Fact]
    public async Task Every_way_to_read_reports_the_missing_privilege()
    {
        const string read = "SELECT id FROM ungranted";
        var session = fixture.Factory.CreateSession(fixture.ContextA);
        foreach (var way in new Func<Task>[]
        {
            () => session.QueryAsync<int>(read, cancellationToken: Token),
            () => session.QuerySingleOrDefaultAsync<int>(read, cancellationToken: Token),
            () => session.ExecuteScalarAsync<int>(read, cancellationToken: Token),
            () => session.QueryUnbufferedAsync<int>(read, cancellationToken: Token).ToListAsync(Token).AsTask(),
            () => fixture.Factory.CreateSession(TenantContext.ForAdmin("ada", "a test")).QueryAsync<int>(read, cancellationToken: Token),
            () => fixture.Factory.CreateSession(fixture.ContextA.AsReadOnly()).QueryAsync<int>(read, cancellationToken: Token),
        })
            await way.Should().ThrowExactlyAsync<MissingPrivilegeException>();

        // A write where nothing may be written: the access mode is asked first.
        (await fixture.Factory.CreateSession(fixture.ContextA.AsReadOnly()).Invoking(s => s.ExecuteAsync("DELETE FROM ungranted", cancellationToken: Token))
            .Should().ThrowExactlyAsync<TenantAccessDeniedException>()).Which.SqlState.Should().Be("25006");
    }

    [Fact]
    public async Task Raw_connection_gives_the_drivers_own_fault()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.Demo, Token);
        (await work.Connection.ErrorOfAsync("SELECT id FROM ungranted"))!.Routine.Should().Be("aclcheck_error");
    }

    public sealed class Ungranted : TenantDatabaseFixture, IAsyncLifetime
    {
        public new async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await AsSuperuserAsync(
                """
                CREATE TABLE ungranted (id int); CREATE TABLE ungranted_part (id int); CREATE SEQUENCE ungranted_seq;
                CREATE TABLE half (id int, secret int); GRANT SELECT (id), UPDATE (id) ON half TO tenant_role, demo_role;
                CREATE VIEW over_ungranted WITH (security_invoker) AS SELECT id FROM ungranted; GRANT SELECT ON over_ungranted TO tenant_role;
                CREATE MATERIALIZED VIEW ungranted_copy AS SELECT id FROM ungranted;
                CREATE SCHEMA closed; CREATE TABLE closed.things (id int);
                CREATE FUNCTION ungranted_function() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION ungranted_function FROM PUBLIC;
                CREATE PROCEDURE ungranted_procedure() LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON PROCEDURE ungranted_procedure FROM PUBLIC;
                CREATE FUNCTION refuse() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'not yours' USING ERRCODE = '42501'; END $$;
                GRANT EXECUTE ON FUNCTION refuse TO tenant_role, demo_role;
                CREATE TABLE guarded (id int PRIMARY KEY, owner text); INSERT INTO guarded VALUES (1, 'another');
                GRANT ALL ON guarded TO tenant_role; ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
                CREATE POLICY seen ON guarded FOR SELECT USING (true); CREATE POLICY added ON guarded FOR INSERT WITH CHECK (true);
                CREATE POLICY own ON guarded FOR UPDATE USING (owner = 'me');
                CREATE POLICY restricted ON guarded AS RESTRICTIVE FOR INSERT WITH CHECK (owner <> 'restricted');
                """);
        }
    }
}
