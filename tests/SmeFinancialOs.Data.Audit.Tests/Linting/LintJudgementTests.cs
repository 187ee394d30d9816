namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>On a server of its own the lint evaluates policies. On a server in use it cannot, and says so.</summary>
public sealed class LintJudgementTests : IAsyncLifetime
{
    private const string Current = "(select nullif(current_setting('app.tenant', true), '')::bigint)";

    private string _web = "";

    public async ValueTask InitializeAsync() => _web = (await TestServer.GetSharedAsync(TestSupport.Sql.Cancel)).NewRoleName("web");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>$cur: the tenant of the request.</summary>
    public static TheoryData<string, string> Holes => new()
    {
        { "", "tenant_id = $cur OR tenant_id = 0" },
        { "", "tenant_id >= $cur" },
        { "CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT coalesce($cur, 7) $$;", "tenant_id = (SELECT current_tenant())" },
        { "", "CASE WHEN current_setting('app.everything', true) = 'on' THEN true ELSE tenant_id = $cur END" },
        { "", "tenant_id::text LIKE current_setting('app.tenant', true)" },
    };

    [PartTheory]
    [MemberData(nameof(Holes))]
    public async Task A_hole_that_only_evaluation_finds_is_an_error_of_the_migration_that_brought_it(string before, string policy)
    {
        using var folder = new TemporaryMigrations(("1.sql", Table("t")), ("2.sql", Sql(before) + Policy("t", "tenant_id = $cur")),
            ("3.sql", "DROP POLICY p ON t;" + Policy("t", policy)), ("4.sql", Table("u") + Policy("u", "tenant_id = $cur")));
        var report = await LintAsync(folder, disposable: true);
        report.Errors.Should().BeEmpty();
        report.NotEvaluated.Should().BeNull();
        var hole = report.Findings.First(f => f.Finding.Severity == AuditSeverity.Error && f.Finding.ObjectName.EndsWith("public.t", StringComparison.Ordinal));
        hole.Migration.Should().Be("3.sql");
        (hole.Finding.Witness ?? hole.Finding.Message).Should().Contain("tenant_id", because: "a row is shown");
        report.Audit.Judgements.Select(judgement => (judgement.Table, judgement.Verdict))
            .Should().Equal(("public.t", PolicyVerdict.Hole), ("public.u", PolicyVerdict.Safe));
    }

    [PartFact]
    public async Task A_hole_that_a_later_change_of_a_function_brings_is_that_migrations()
    {
        using var folder = new TemporaryMigrations(("1.sql", Table("t") + Tenant("$cur") + Policy("t", "tenant_id = (SELECT current_tenant())")),
            ("2.sql", "SELECT 1;"), ("3.sql", Tenant("coalesce($cur, 7)")), ("4.sql", Table("u")));
        (await LintAsync(folder, disposable: true)).Findings.Where(f => f.Finding.Severity == AuditSeverity.Error && f.Finding.ObjectName == "public.t")
            .Should().ContainSingle().Which.Migration.Should().Be("3.sql");
    }

    [PartFact]
    public async Task A_policy_that_cannot_be_judged_is_a_finding_of_its_migration()
    {
        using var folder = new TemporaryMigrations(("1.sql", Table("t")),
            ("2.sql", "CREATE TABLE flags (id bigint, on_for bigint);"
                + Policy("t", "tenant_id = $cur OR hashint8(tenant_id) = current_setting('app.h', true)::int")));
        var report = await LintAsync(folder, disposable: true);
        report.Findings.Where(f => f.Finding.RuleId is "policy-not-understood" or "policy-hole").Should().ContainSingle().Which.Migration.Should().Be("2.sql");
    }

    [PartFact]
    public async Task A_server_in_use_gives_no_verdict_on_policies_and_the_report_says_why()
    {
        using var folder = new TemporaryMigrations(("1.sql", Table("t") + Policy("t", "tenant_id = $cur")));
        var report = await LintAsync(folder, disposable: false);
        report.Audit.Judgements.Should().BeEmpty();
        report.NotEvaluated.Should().Contain("judged by their text alone").And.Contain("server of its own");

        folder.Write("1.sql", "CREATE TABLE t (id bigint);");
        (await LintAsync(folder, disposable: false)).NotEvaluated.Should().BeNull("there is no policy of a tenant table to evaluate");
    }

    private string Table(string name) => $"CREATE TABLE {name} (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));"
        + $"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
        + $"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {_web};";

    private string Policy(string table, string condition) => $"CREATE POLICY p ON {table} TO {_web} USING ({Sql(condition)});";

    private static string Tenant(string value) =>
        $"CREATE OR REPLACE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT {Sql(value)} $$;";

    private static string Sql(string text) => text.Replace("$cur", Current, StringComparison.Ordinal);

    private async Task<MigrationLintReport> LintAsync(TemporaryMigrations folder, bool disposable)
    {
        var server = await TestServer.GetSharedAsync(TestSupport.Sql.Cancel);
        return await new MigrationLint(server.ConnectionString, new()
        {
            DisposableServer = disposable,
            Audit = new()
            {
                TenantColumn = "tenant_id",
                TenantSetting = "app.tenant",
                AppLogins = [_web],
                TenantRoles = [],
                AdminLogins = [],
                AdminRoles = [],
            },
        }).RunAsync(folder.Path, cancellationToken: TestSupport.Sql.Cancel);
    }
}
