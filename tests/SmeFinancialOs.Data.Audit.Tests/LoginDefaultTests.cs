namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>What the rule says of defaults that harm nobody, and of those that other rules find.</summary>
public sealed class LoginDefaultTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    [Theory]
    [InlineData("ALTER ROLE $app SET default_transaction_read_only = off")]
    [InlineData("ALTER ROLE $app SET default_transaction_isolation = 'serializable'")]
    [InlineData("ALTER DATABASE $database SET statement_timeout = '30s'; ALTER DATABASE $database SET search_path = \"$user\", public")]
    [InlineData("ALTER ROLE $app SET jit = off; ALTER DATABASE $database SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE $database SET my.own = 'x'")]
    [InlineData("ALTER ROLE $owner SET search_path = app; ALTER ROLE $app IN DATABASE postgres SET search_path = app")]
    public async Task Default_that_harms_no_tenant_is_no_finding(string plant) => (await RulesAsync(plant)).Should().BeEmpty();

    [Theory]
    [InlineData("default-role", "ALTER ROLE $app SET role = '$tenant'")]
    [InlineData("default-maintenance", "ALTER ROLE $app SET app.maintenance = 'always'")]
    [InlineData("default-replica", "ALTER ROLE $app SET session_replication_role = replica")]
    [InlineData("default-tenant", "ALTER ROLE $app SET app.current_org_id = 'x'")]
    [InlineData("row-security-off", "ALTER ROLE $app SET row_security = off")]
    public async Task Default_that_another_rule_finds_is_no_second_finding(string rule, string plant) => (await RulesAsync(plant)).Should().Equal(rule);

    [Fact]
    public async Task Value_of_a_default_is_not_printed()
    {
        await using var connection = await PlantAsync("ALTER ROLE $app SET search_path = planted");
        var found = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Should().ContainSingle().Subject;
        (found.Message + found.Fix).Should().Contain("search_path").And.NotContain("planted");
    }

    private async Task<IEnumerable<string>> RulesAsync(string plant)
    {
        await using var connection = await PlantAsync(plant);
        return (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Select(finding => finding.RuleId);
    }

    private async Task<Npgsql.NpgsqlConnection> PlantAsync(string plant)
    {
        var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; " + database.Named(plant));
        return connection;
    }
}
