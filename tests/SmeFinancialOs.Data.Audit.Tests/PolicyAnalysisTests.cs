namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>What the audit says of a policy as people write them elsewhere: other names and types, tables of members, functions of their own.</summary>
public sealed class PolicyAnalysisTests
{
    private const string Setting = "(SELECT NULLIF(current_setting('shop.tenant', true), '')::$type)";

    private const string Schema = """
        BEGIN;
        CREATE ROLE "Shop Web" LOGIN;
        CREATE SCHEMA "Shop";
        GRANT USAGE ON SCHEMA "Shop" TO "Shop Web";
        REVOKE TEMPORARY ON DATABASE "$database" FROM PUBLIC;
        REVOKE EXECUTE ON FUNCTION lo_open(oid, int), lo_get(oid), lo_get(oid, bigint, int), lo_put(oid, bigint, bytea), loread(int, int), lowrite(int,
            bytea) FROM PUBLIC;
        REVOKE EXECUTE ON FUNCTION pg_terminate_backend(int, bigint), pg_cancel_backend(int) FROM PUBLIC;
        CREATE DOMAIN "Shop".org AS uuid;
        CREATE TABLE "Shop".members (org $type, who name);
        CREATE FUNCTION "Shop".setting() RETURNS text LANGUAGE sql STABLE RETURN current_setting('Shop.Tenant', true);
        CREATE FUNCTION "Shop".tenant() RETURNS $type LANGUAGE sql STABLE RETURN NULLIF("Shop".setting(), '')::$type;
        CREATE FUNCTION "Shop".is_mine($type) RETURNS boolean LANGUAGE sql STABLE RETURN $1 = "Shop".tenant();
        CREATE TABLE "Shop"."Order" ("Org Id" $type NOT NULL, "values" int, "user" name, PRIMARY KEY ("Org Id", "values"));
        ALTER TABLE "Shop"."Order" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY "Mine" ON "Shop"."Order" USING ($policy);
        GRANT SELECT, INSERT, UPDATE, DELETE ON "Shop"."Order" TO "Shop Web";
        """;

    [Theory]
    [InlineData("uuid", $"\"Org Id\" = {Setting}")]
    [InlineData("uuid", $"{Setting} = \"Org Id\"")]
    [InlineData("\"Shop\".org", "\"Org Id\" = (SELECT NULLIF(current_setting('shop.tenant', true), '')::uuid)")]
    [InlineData("text", $"\"Org Id\" = {Setting}")]
    [InlineData("varchar(40)", "\"Org Id\" = (SELECT NULLIF(current_setting('shop.tenant', true), ''))")]
    [InlineData("bigint", $"\"Org Id\" = {Setting}")]
    [InlineData("bigint", $"\"Org Id\" = {Setting} AND \"values\" > 0")]
    [InlineData("uuid", "\"Org Id\" = (SELECT \"Shop\".tenant())")]
    [InlineData("uuid", $"\"Org Id\" = {Setting} AND (\"Org Id\" IS NULL OR \"user\" IS NULL)")]
    [InlineData("uuid", $"\"Org Id\" = {Setting} AND pg_has_role(current_user, 'pg_monitor', 'MEMBER')")]
    [InlineData("uuid", $"\"Org Id\" = ANY (ARRAY[{Setting}])")]
    [InlineData("uuid", $"\"Org Id\" = ANY ((SELECT string_to_array(current_setting('SHOP.tenant', true), ','))::uuid[])")]
    public async Task A_policy_that_holds_to_the_tenant_is_clean(string type, string policy) =>
        (await RulesOfAsync(type, policy)).Should().BeEmpty();

    [Theory]
    [InlineData("\"Org Id\" IN (SELECT m.org FROM \"Shop\".members m WHERE m.who = current_user)")]
    [InlineData("\"Org Id\" = ANY (SELECT m.org FROM \"Shop\".members m WHERE m.who = current_user)")]
    [InlineData("EXISTS (SELECT FROM \"Shop\".members m WHERE m.org = \"Org Id\" AND m.who = current_user)")]
    [InlineData("\"Shop\".is_mine(\"Org Id\")")]
    [InlineData("\"user\" = current_user")]
    [InlineData($"\"Org Id\" IS NOT DISTINCT FROM {Setting}")]
    [InlineData("CASE WHEN (SELECT current_setting('shop.admin', true)) = 'on' THEN true ELSE \"Org Id\" = (SELECT \"Shop\".tenant()) END")]
    public async Task A_policy_that_nothing_proves_is_not_called_wrong(string policy) =>
        (await RulesOfAsync("uuid", policy)).Should().Contain("policy-not-understood").And.BeSubsetOf(["policy-not-understood",
            "policy-reads-unprotected-table"]);

    [Theory]
    [InlineData("true", "policy-always-true")]
    [InlineData("\"values\" > 0", "policy-not-tenant")]
    [InlineData($"\"Org Id\" = COALESCE({Setting}, \"Org Id\")", "policy-not-tenant")]
    [InlineData($"COALESCE(\"Org Id\", {Setting}) = \"Org Id\"", "policy-not-tenant")]
    [InlineData("\"Org Id\" <> (SELECT \"Shop\".tenant())", "policy-not-tenant")]
    [InlineData($"\"Org Id\" = {Setting} OR \"values\" = 1", "policy-not-tenant")]
    [InlineData($"\"Org Id\" = {Setting} OR {Setting} IS NULL", "policy-or-null")]
    [InlineData($"\"Org Id\" = {Setting} OR \"user\" IS NULL", "policy-not-tenant")]
    public async Task A_policy_that_lets_others_through_is_refused(string policy, string rule) =>
        (await RulesOfAsync("uuid", policy)).Should().Equal(rule);

    private static async Task<List<string>> RulesOfAsync(string type, string policy)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(await server.CreateEmptyDatabaseAsync(Sql.Cancel), Sql.Cancel);
        await connection.RunAsync(Schema.Replace("$policy", policy, StringComparison.Ordinal).Replace("$type", type, StringComparison.Ordinal)
            .Replace("$database", connection.Database, StringComparison.Ordinal));
        var options = new SchemaAuditOptions
        {
            TenantColumn = "Org Id",
            TenantSetting = "shop.tenant",
            AppLogins = ["Shop Web"],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        };
        return [.. (await AuditDatabase.AuditAsync(connection, options)).Findings.Where(finding => finding.RuleId is not "setting-unwrapped")
            .Select(finding => finding.RuleId)];
    }
}
