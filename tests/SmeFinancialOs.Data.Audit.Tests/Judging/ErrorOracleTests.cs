namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>A policy that lets no row of another tenant pass, and tells by an error that there is one.</summary>
public sealed class ErrorOracleTests
{
    private const string Tenant = "nullif(current_setting('app.tenant', true), '')::bigint";

    /// <summary>PostgreSQL evaluates the cheapest condition first, and takes a function in PL/pgSQL for a dear one.</summary>
    private const string Function = "current_tenant()";

    /// <summary>Each value for which the condition fails on the row of tenant 2, and one for which it fails on no row.</summary>
    [Theory]
    [InlineData("note LIKE current_setting('app.value', true)", @"sec\", @"zzz\", Tenant)]
    [InlineData("1 / (amount - nullif(current_setting('app.value', true), '')::bigint) < 2", "4711", "4712", Function)]
    [InlineData("(amount || current_setting('app.value', true))::bigint > 0", "0000000000000000", "", Function)]
    public async Task Error_of_a_policy_tells_of_another_tenants_row_and_the_audit_does_not_call_the_policy_safe(
        string condition, string right, string wrong, string current)
    {
        var web = "web_" + Guid.NewGuid().ToString("N")[..8];
        var database = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"""
            CREATE ROLE {web} LOGIN;
            CREATE TABLE t (tenant_id bigint NOT NULL, id bigint, note text NOT NULL, amount bigint NOT NULL, PRIMARY KEY (tenant_id, id));
            ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            GRANT SELECT ON t TO {web};
            INSERT INTO t VALUES (1, 1, 'mine', 7), (2, 1, 'secret', 4711);
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS
                $$ BEGIN RETURN {Tenant}; END $$;
            CREATE POLICY own ON t USING ({condition} AND tenant_id = {current});
            """);
        await using var tenant = await Sql.OpenAsync(database.As(web), Sql.Cancel);
        // A plan with an index on the tenant would look at no other row: any SQL may take it away.
        await tenant.RunAsync("SET app.tenant = '1'; SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off");

        (await tenant.ErrorOfAsync($"SET app.value = '{wrong}'; SELECT count(*) FROM t")).Should().BeNull();
        (await tenant.ErrorOfAsync($"SET app.value = '{right}'; SELECT count(*) FROM t")).Should().NotBeNull("another tenant has such a row");

        var report = await new SchemaAudit(database, new SchemaAuditOptions
        {
            TenantColumn = "tenant_id",
            TenantSetting = "app.tenant",
            AppLogins = [web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        }).RunAsync(Sql.Cancel);
        report.Judgements.Should().Contain(judgement => judgement.Verdict == PolicyVerdict.NotJudged).Which.Reason.Should().Contain("the error tells");
        report.Findings.Should().Contain(finding => finding.RuleId == "policy-not-understood");
    }
}
