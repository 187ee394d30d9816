using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Rules;

namespace SmeFinancialOs.Data.Audit.Tests;

public sealed class AuditOptionsTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    private const string Plant = "BEGIN; CREATE TABLE public.countries (code text PRIMARY KEY); GRANT SELECT ON public.countries TO $tenant";

    [Fact]
    public async Task What_is_allowed_or_known_is_reported_apart()
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync(database.Named(Plant));
        var found = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Should().ContainSingle().Subject;

        var allowed = await AuditDatabase.AuditAsync(connection, With([new("public.countries", "table-without-tenant-column", "the same for all")]));
        allowed.Findings.Should().BeEmpty();
        allowed.Suppressed.Should().ContainSingle().Which.Reason.Should().Be("the same for all");
        (await AuditDatabase.AuditAsync(connection, With(baseline: [found.Fingerprint])))
            .Findings.Should().BeEmpty(because: "a fingerprint is the same in every run");
    }

    [Theory]
    [InlineData("public.t", "table-without-rls", " ")]
    [InlineData("public.t", "no-such-rule", "reason")]
    [InlineData("", "*", "reason")]
    public void An_allowance_needs_an_object_a_rule_and_a_reason(string objectName, string rule, string reason) =>
        FluentActions.Invoking(() => new AuditAllowance(objectName, rule, reason)).Should().Throw<ArgumentException>();

    [Fact]
    public async Task Login_of_the_app_can_run_the_audit()
    {
        var report = await new SchemaAudit(database.ConnectionString.As(database.Named("$app")), database.Options).RunAsync(Sql.Cancel);
        report.Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}").Should().BeEmpty();
    }

    [Fact]
    public async Task Audit_changes_nothing()
    {
        // A catalog row that is written anew has another xmin.
        const string Catalog = """
            SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
                SELECT 'c' || oid || xmin FROM pg_class UNION ALL SELECT 'p' || oid || xmin FROM pg_policy UNION ALL SELECT 'f' || oid || xmin FROM pg_proc
                UNION ALL SELECT 'k' || oid || xmin FROM pg_constraint UNION ALL SELECT 's' || setdatabase || xmin FROM pg_db_role_setting) AS t (x)
            """;
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        var before = await connection.ScalarAsync<string>(Catalog);
        await new SchemaAudit(database.ConnectionString, database.Options).RunAsync(Sql.Cancel);
        (await connection.ScalarAsync<string>(Catalog)).Should().Be(before);
    }

    [Fact]
    public async Task A_data_source_is_used_and_stays_the_callers()
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString.As(database.Named("$app")));
        var audit = new SchemaAudit(source, database.Options);
        (await audit.RunAsync(Sql.Cancel)).Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}").Should().BeEmpty();
        (await audit.RunAsync(Sql.Cancel)).ServerVersion.Major.Should().BeGreaterThanOrEqualTo(15);
        await using var connection = await source.OpenConnectionAsync(Sql.Cancel);
        (await connection.ScalarAsync<string>("SHOW transaction_read_only")).Should().Be("off");
    }

    [Fact]
    public async Task Only_the_named_schemas_are_audited()
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("""
            BEGIN;
            CREATE SCHEMA other;
            CREATE TABLE other.t (org_id uuid PRIMARY KEY REFERENCES organizations ON DELETE CASCADE);
            CREATE TABLE public.t (org_id uuid PRIMARY KEY);
            """);
        (await AuditDatabase.AuditAsync(connection, With(schemas: ["other"]))).Findings.Select(finding => finding.ObjectName).Distinct()
            .Should().Equal("other.t");
    }

    [Fact]
    public async Task The_table_of_the_tenants_can_be_named()
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; CREATE TABLE public.groups (gid bigint PRIMARY KEY)");
        var found = (await AuditDatabase.AuditAsync(connection, With(tenantTable: "public.groups"))).Findings;
        found.Should().Contain(finding => finding.RuleId == "table-without-rls" && finding.ObjectName == "public.groups").Which.Fix.Should().Contain("gid = ");
        found.Should().Contain(finding => finding.RuleId == "tenant-column-type" && finding.Message == "org_id is uuid, but a tenant is bigint.");
    }

    [Theory]
    [InlineData("15.2", "15.3")]
    [InlineData("15.3", null)]
    [InlineData("18.0", null)]
    public void A_version_below_the_fixed_minor_is_named(string server, string? minor) =>
        ServerVersionRule.Fixed(new Version(server), (15, 3)).Should().Be(minor);

    [Fact]
    public async Task A_server_with_a_known_fault_is_found_by_its_version()
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN");
        var snapshot = await CatalogReader.ReadInTransactionAsync(connection, database.Options, Sql.Cancel);
        var old = new DatabaseModel(snapshot with { ServerVersion = new Version(15, 2) }, database.Options);
        RuleRunner.Run(old, database.Options).Findings.Select(finding => finding.RuleId)
            .Should().Equal("server-cve-2023-2455", "server-cve-2024-10976", "server-cve-2025-8713");
    }

    [Fact]
    public void Rules_have_ids_of_their_own() => SchemaAudit.Rules.Select(rule => rule.Id).Should().OnlyHaveUniqueItems();

    private SchemaAuditOptions With(AuditAllowance[]? allowlist = null, string[]? baseline = null, string[]? schemas = null, string? tenantTable = null) =>
        new()
        {
            AppLogins = database.Options.AppLogins,
            TenantRoles = database.Options.TenantRoles,
            AdminLogins = database.Options.AdminLogins,
            AdminRoles = database.Options.AdminRoles,
            Allowlist = allowlist ?? [],
            Baseline = baseline ?? [],
            Schemas = schemas,
            TenantTable = tenantTable,
        };
}
