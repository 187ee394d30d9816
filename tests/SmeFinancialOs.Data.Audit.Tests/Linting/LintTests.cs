using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>What is judged is what PostgreSQL understood, and the file that brought a fault is named.</summary>
public sealed class LintTests
{
    private const string Payments = """
        CREATE TABLE public.payments (org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE,
            id uuid NOT NULL DEFAULT gen_random_uuid(), PRIMARY KEY (org_id, id));
        ALTER TABLE public.payments OWNER TO app_owner;
        """;

    private const string Protect = "SELECT app.protect_table('public.payments');";

    [PartFact]
    public async Task A_table_that_is_protected_later_is_no_fault()
    {
        using var folder = new TemporaryMigrations(("1_payments.sql", Payments), ("2_protect.sql", Protect));
        var report = await LintAsync(folder);
        report.Findings.Should().BeEmpty();
        report.Applied.Should().Equal("1_payments.sql", "2_protect.sql");
    }

    [PartFact]
    public async Task The_migration_in_the_middle_that_brought_the_fault_is_named()
    {
        using var folder = new TemporaryMigrations(("1_payments.sql", Payments + Protect),
            ("2_loosen.sql", "ALTER TABLE public.payments NO FORCE ROW LEVEL SECURITY;"),
            ("10_more.sql", "SELECT 1;"));
        var report = await LintAsync(folder);
        report.Findings.Select(f => (f.Finding.RuleId, f.Finding.ObjectName, f.Migration))
            .Should().Equal(("table-not-forced", "public.payments", "2_loosen.sql"));
    }

    [PartFact]
    public async Task A_fault_that_comes_goes_and_comes_again_is_the_last_ones()
    {
        const string off = "ALTER TABLE public.payments NO FORCE ROW LEVEL SECURITY;";
        using var folder = new TemporaryMigrations(("1.sql", Payments + Protect), ("2.sql", off),
            ("3.sql", "ALTER TABLE public.payments FORCE ROW LEVEL SECURITY;"), ("4.sql", off));
        (await LintAsync(folder)).Findings.Should().ContainSingle().Which.Migration.Should().Be("4.sql");
    }

    [PartFact]
    public async Task An_allowed_fault_is_told_with_its_reason()
    {
        using var folder =
            new TemporaryMigrations(("1.sql", "CREATE TABLE public.countries (code text PRIMARY KEY); GRANT SELECT ON public.countries TO tenant_role;"));
        (await LintAsync(folder)).Findings.Should().ContainSingle().Which.Finding.RuleId.Should().Be("table-without-tenant-column");

        var allowance = new AuditAllowance("public.countries", "table-without-tenant-column", "the same for everybody");
        var report = await LintAsync(folder, new() { Prelude = SchemaMigrator.Scripts, Audit = new() { Allowlist = [allowance] } });
        report.Findings.Should().BeEmpty();
        report.Suppressed.Should().ContainSingle().Which.Reason.Should().Be("the same for everybody");
    }

    [PartFact]
    public async Task Our_own_migrations_are_clean()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        // In the order of apply.sql, which psql alone understands.
        var sql = Path.Combine(RepositoryRoot.Folder, "sql");
        string[] files = [.. File.ReadLines(Path.Combine(sql, "apply.sql")).Where(line => line.StartsWith(@"\ir ")).Select(line => line[4..])
            .Where(file => !file.StartsWith("guard/") && !file.StartsWith("seal/"))];
        using var folder =
            new TemporaryMigrations([.. files.Select((file, i) => ($"{i + 1:D4}_{Path.GetFileName(file)}", File.ReadAllText(Path.Combine(sql, file))))]);
        var report = await new MigrationLint(server.ConnectionString).RunAsync(folder.Path, cancellationToken: Sql.Cancel);
        report.Findings.Select(f => $"{f.Migration}: {f.Finding.RuleId} {f.Finding.ObjectName}").Should().BeEmpty();
        report.Applied.Should().HaveCount(files.Length).And.StartWith("0001_0001_roles.sql");
    }

    [PartFact]
    public async Task Roles_that_nobody_creates_are_there_to_be_granted_to()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var login = server.NewRoleName("web");
        using var folder = new TemporaryMigrations(("1.sql", $"CREATE TABLE t (tenant_id uuid NOT NULL); GRANT SELECT ON t TO {login};"));
        var options = new MigrationLintOptions
        {
            Audit = new() { TenantColumn = "tenant_id", AppLogins = [login], TenantRoles = [], AdminLogins = [], AdminRoles = [] },
        };
        (await LintAsync(folder, options)).Findings.Select(f => f.Finding.RuleId).Should().Contain("table-without-rls");
    }

    [PartTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_run_in_a_transaction_is_judged_all_the_same(bool disposable)
    {
        using var folder = new TemporaryMigrations(
            ("1.sql", "BEGIN; " + Payments + " COMMIT;"),
            ("2.sql", "CREATE INDEX CONCURRENTLY payments_by_id ON public.payments (id); VACUUM public.payments; REINDEX INDEX CONCURRENTLY payments_by_id;"),
            ("3.sql", "COPY public.organizations (id, name, slug) FROM stdin;\naaaaaaaa-0000-4000-8000-000000000000\tA; "
                + "'x\ta\n\\.\nSELECT 1 / count(*) FROM public.organizations;"),
            ("4.sql",
                "CREATE FUNCTION public.one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT public.one();"));
        var report = await LintAsync(folder, new() { Prelude = SchemaMigrator.Scripts, DisposableServer = disposable });
        report.Findings.Select(f => (f.Finding.RuleId, f.Migration)).Should().Contain(("table-without-rls", "1.sql"));
    }

    [PartFact]
    public async Task A_new_enum_value_can_be_used_where_migrations_are_committed()
    {
        using var folder = new TemporaryMigrations(("1.sql", "CREATE TYPE mood AS ENUM ('ok');"),
            ("2.sql", "ALTER TYPE mood ADD VALUE 'sad'; CREATE TABLE m (mood mood DEFAULT 'sad'); INSERT INTO m DEFAULT VALUES;"));
        (await LintAsync(folder, new() { DisposableServer = true })).Findings.Should().BeEmpty();

        (await LintAsync(folder, new())).Errors.Should().Contain(error => error.SqlState == "55P04")
            .Which.Message.Should().Match("55P04*on a server of its own.");
    }

    [PartTheory]
    [InlineData(false, null, "app.t")]
    [InlineData(true, null, "app.t")]
    [InlineData(false, "public", "public.t")]
    [InlineData(true, "public", "public.t")]
    public async Task A_search_path_that_a_migration_gives_the_database_is_there_for_the_next_one(bool disposable, string? ofConnection, string table)
    {
        using var folder = new TemporaryMigrations(
            ("1.sql", "CREATE SCHEMA app; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database()); END $$;"),
            ("2.sql", "CREATE TABLE t (org_id uuid);"), ("3.sql", "ALTER TABLE t ADD x int;"));
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString) { SearchPath = ofConnection }.ConnectionString;
        var report = await new MigrationLint(connection, new() { DisposableServer = disposable }).RunAsync(folder.Path, cancellationToken: Sql.Cancel);
        report.Errors.Should().BeEmpty();
        report.Findings.Where(f => f.Finding.RuleId == "table-without-rls").Select(f => f.Finding.ObjectName).Should().Equal(table);
    }

    private static Task<MigrationLintReport> LintAsync(TemporaryMigrations folder) => LintAsync(folder, new() { Prelude = SchemaMigrator.Scripts });

    private static async Task<MigrationLintReport> LintAsync(TemporaryMigrations folder, MigrationLintOptions options)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        return await new MigrationLint(server.ConnectionString, options).RunAsync(folder.Path, cancellationToken: Sql.Cancel);
    }
}
