using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>A sealed database: the audit knows its policies, and finds what takes the seal off.</summary>
public sealed class SealAuditTests(SealAuditTests.Database database) : IClassFixture<SealAuditTests.Database>
{
    private const string ById = "org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid)";

    [Theory]
    [InlineData(null)]
    [InlineData("public")]
    public async Task Our_own_sealed_schema_yields_nothing(string? schema)
    {
        var all = database.Options;
        var options = new SchemaAuditOptions
        {
            AppLogins = all.AppLogins,
            TenantRoles = all.TenantRoles,
            AdminLogins = all.AdminLogins,
            AdminRoles = all.AdminRoles,
            Schemas = schema is null ? null : [schema],
        };
        var report = await new SchemaAudit(database.ConnectionString, options).RunAsync(Sql.Cancel);
        report.Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}").Should().BeEmpty();
    }

    [Theory]
    [InlineData("tenant_isolation on public.items", $"ALTER POLICY tenant_isolation ON public.items USING ({ById}) WITH CHECK ({ById})")]
    [InlineData("more on public.items", $"CREATE POLICY more ON public.items TO $tenant USING ({ById})")]
    [InlineData("more on public.items", "CREATE POLICY more ON public.items TO $tenant USING (org_id = app.demo_org_id())")]
    [InlineData("admin_access on public.items", "DROP POLICY context_sealed ON public.items")]
    [InlineData("demo_read_only on public.items", "ALTER POLICY context_sealed ON public.items TO $admin")]
    [InlineData("admin_access on public.items", "ALTER POLICY context_sealed ON public.items USING (true)")]
    [InlineData("admin_access on public.items",
        "DROP POLICY context_sealed ON public.items; CREATE POLICY context_sealed ON public.items AS RESTRICTIVE FOR SELECT TO $demo, $admin "
        + "USING ((SELECT app.context_holds()))")]
    [InlineData("public.others", "CREATE TABLE public.others (org_id uuid NOT NULL, id int, PRIMARY KEY (org_id, id)); "
        + "ALTER TABLE public.others OWNER TO $owner, ENABLE ROW LEVEL SECURITY, "
        + $"FORCE ROW LEVEL SECURITY; GRANT SELECT ON public.others TO $tenant; CREATE POLICY own ON public.others USING ({ById})")]
    public async Task A_policy_that_asks_for_no_signature_is_found(string objectName, string plant)
    {
        await using var connection = await PlantAsync(plant);
        var found = await NotAskedAsync(connection);
        found.Should().Contain(finding => finding.ObjectName.EndsWith(objectName, StringComparison.Ordinal));
        if (found[0].Fix.StartsWith("-- ask as well", StringComparison.Ordinal))
            return; // what a policy of the host is for, only the host knows
        foreach (var fix in found.Select(finding => finding.Fix).Distinct())
            await connection.RunAsync(fix);
        (await NotAskedAsync(connection)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("app_seal.context", "CREATE OR REPLACE VIEW app_seal.context AS "
        + "SELECT current_setting('app.current_org_id')::uuid AS tenant_org_id, NULL::uuid AS demo_org_id, true AS is_admin")]
    [InlineData("app_seal.valid_token",
        "CREATE OR REPLACE VIEW app_seal.valid_token AS SELECT 't' AS kind, current_setting('app.current_org_id')::uuid AS org_id")]
    [InlineData("app_seal.valid_token", "ALTER VIEW app_seal.valid_token SET (security_invoker)")]
    [InlineData("app_seal.valid_token", "ALTER VIEW app_seal.valid_token OWNER TO $app")]
    [InlineData("app_seal.context", "ALTER VIEW app_seal.context OWNER TO $app")]
    [InlineData("app_seal.identity", "CREATE OR REPLACE VIEW app_seal.identity AS SELECT substr(current_setting('app.context_token', true), 37, 64) AS digest, "
        + "current_setting('app.current_org_id', true) AS org_id")]
    [InlineData("app_seal.identity", "ALTER VIEW app_seal.identity SET (security_barrier)")]
    [InlineData("app_seal.identity", "ALTER VIEW app_seal.identity OWNER TO $app")]
    [InlineData("app_seal.refuse()", "ALTER FUNCTION app_seal.refuse() SECURITY INVOKER")]
    [InlineData("app_seal.refuse()", "ALTER FUNCTION app_seal.refuse() RESET search_path")]
    [InlineData("app_seal.refuse()", "ALTER FUNCTION app_seal.refuse() OWNER TO $adm")]
    [InlineData("app_seal.refuse()", "CREATE OR REPLACE FUNCTION app_seal.refuse() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER "
        + "SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'")]
    [InlineData("app_seal.admits_entry(actor text)", "CREATE OR REPLACE FUNCTION app_seal.admits_entry(actor text) RETURNS boolean LANGUAGE sql "
        + "SECURITY DEFINER "
        + "SET search_path = pg_catalog, pg_temp AS 'SELECT true'")]
    [InlineData("app_seal.admits_entry(actor text)", "ALTER FUNCTION app_seal.admits_entry(text) SECURITY INVOKER")]
    [InlineData("app.context_holds()",
        "CREATE OR REPLACE FUNCTION app.context_holds() RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT true'")]
    [InlineData("app.current_org_id()",
        "CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS uuid LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT NULL::uuid'")]
    [InlineData("app.current_user_id()", "CREATE OR REPLACE FUNCTION app.current_user_id() RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp "
        + "AS 'SELECT current_setting(''app.current_user_id'', true)'")]
    [InlineData("app.current_roles()", "CREATE OR REPLACE FUNCTION app.current_roles() RETURNS text[] LANGUAGE sql SET search_path = pg_catalog, pg_temp "
        + "AS 'SELECT ''{admin}''::text[]'")]
    [InlineData("app_seal.keys", "ALTER TABLE app_seal.keys OWNER TO $app")]
    [InlineData("app_seal", "ALTER SCHEMA app_seal OWNER TO $app")]
    [InlineData("app_seal.context", "GRANT $sealer TO $app")]
    public async Task A_seal_that_does_not_hold_is_found(string objectName, string plant)
    {
        await using var connection = await PlantAsync(plant);
        var found = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Where(finding => finding.RuleId == "seal-broken").ToList();
        found.Should().Contain(finding => finding.ObjectName == objectName);
        if (found[0].Fix.StartsWith("--", StringComparison.Ordinal))
            return;
        await connection.RunAsync(found[0].Fix);
        (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Should().NotContain(finding => finding.RuleId == "seal-broken");
    }

    [Theory]
    [InlineData("GRANT SELECT ON app_seal.keys TO $tenant")]
    [InlineData("GRANT SELECT (key_block) ON app_seal.keys TO PUBLIC")]
    [InlineData("GRANT INSERT ON app_seal.keys TO $owner")]
    public async Task A_key_that_somebody_else_may_read_or_write_is_found_and_the_fix_ends_it(string plant)
    {
        await using var connection = await PlantAsync(plant);
        var found = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings
            .Should().ContainSingle(finding => finding.RuleId == "seal-key-readable").Subject;
        await connection.RunAsync(found.Fix);
        (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Should().BeEmpty();
    }

    private async Task<List<AuditFinding>> NotAskedAsync(NpgsqlConnection connection) =>
        [.. (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Where(finding => finding.RuleId == "seal-not-asked")];

    private async Task<NpgsqlConnection> PlantAsync(string plant)
    {
        var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; " + database.Named(plant));
        return connection;
    }

    public sealed class Database : AuditDatabase
    {
        protected override bool IsSealed => true;
    }
}
