namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Rules about the text of policies and about keys, where the policies were evaluated.</summary>
public sealed class EvaluatedRuleTests
{
    private const string Cur = "(SELECT nullif(current_setting('app.tenant', true), '')::bigint)";

    private const string Docs = """
        CREATE ROLE $web LOGIN INHERIT; CREATE ROLE readers_$web; GRANT readers_$web TO $web; GRANT USAGE ON SCHEMA public TO $web;
        CREATE TABLE docs (tenant_id bigint NOT NULL, id bigint UNIQUE, PRIMARY KEY (tenant_id, id));
        ALTER TABLE docs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT ON docs TO readers_$web;
        """;

    private const string Lines = """
        CREATE TABLE lines (id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs (id), about bigint REFERENCES docs (id), up bigint REFERENCES lines);
        ALTER TABLE lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT ON lines TO $web;
        CREATE POLICY own ON docs USING (tenant_id = $cur);
        """;

    [Theory]
    [InlineData("NOT (tenant_id <> $cur)", false)]
    [InlineData("NOT (tenant_id <> $cur) OR id = 7", true)]
    public async Task Policy_that_reaches_a_login_by_inheritance_and_is_proved_safe_is_no_finding(string condition, bool isFound) =>
        (await AuditAsync(Docs + $"CREATE POLICY more ON docs FOR SELECT TO readers_$web USING ({condition});")).Select(finding => finding.RuleId)
            .Contains("policy-by-inheritance").Should().Be(isFound);

    [Theory]
    [InlineData("EXISTS (SELECT FROM docs d WHERE d.id = doc_id)", "lines_about_fkey on public.lines", "lines_up_fkey on public.lines")]
    [InlineData("EXISTS (SELECT FROM docs d WHERE d.id = doc_id) AND EXISTS (SELECT FROM docs d WHERE d.id = about)", "lines_up_fkey on public.lines")]
    public async Task Foreign_key_of_a_child_table_that_no_policy_looks_at_is_an_error(string condition, params string[] expected) =>
        (await AuditAsync(Docs + Lines + $"CREATE POLICY own ON lines USING ({condition});"))
            .Where(finding => finding.RuleId == "foreign-key-without-tenant-column").Select(finding => finding.ObjectName).Should().BeEquivalentTo(expected);

    /// <summary>A tenant table that refers to a child table has no tenant to carry in the key.</summary>
    [Fact]
    public async Task Foreign_key_to_a_child_table_that_no_policy_looks_at_is_an_error() =>
        (await AuditAsync(Docs + Lines + "CREATE POLICY own ON lines USING (EXISTS (SELECT FROM docs d WHERE d.id IN (doc_id, about, up)));"
            + "CREATE TABLE parcels (tenant_id bigint NOT NULL, id bigint, line_id bigint REFERENCES lines, PRIMARY KEY (tenant_id, id));"
            + "ALTER TABLE parcels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY own ON parcels USING (tenant_id = $cur);"
            + "GRANT SELECT, INSERT ON parcels TO $web;"))
            .Where(finding => finding.RuleId == "foreign-key-without-tenant-column").Select(finding => finding.ObjectName)
            .Should().Equal("parcels_line_id_fkey on public.parcels");

    private static async Task<IReadOnlyList<AuditFinding>> AuditAsync(string sql)
    {
        var web = "web_" + Guid.NewGuid().ToString("N")[..8];
        var database = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await using (var connection = await Sql.OpenAsync(database, Sql.Cancel))
            await connection.RunAsync(sql.Replace("$web", web, StringComparison.Ordinal).Replace("$cur", Cur, StringComparison.Ordinal));
        return (await new SchemaAudit(database, new SchemaAuditOptions
        {
            TenantColumn = "tenant_id",
            TenantSetting = "app.tenant",
            AppLogins = [web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        }).RunAsync(Sql.Cancel)).Findings;
    }
}
