namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>A rule that fires on what is right is switched off by its readers. Planted faults show that it fires at all.</summary>
public sealed class NearMissTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    /// <summary>Rules with a planted fault that nothing resembles, and why.</summary>
    private static readonly Dictionary<string, string> None = new()
    {
        ["login-missing"] = "a login of that name exists or does not",
    };

    public static TheoryData<string> Cases => [.. NearMiss.All.Select(miss => miss.Name)];

    [Fact]
    public void Every_rule_with_a_planted_fault_has_a_near_miss()
    {
        var rules = PlantedFault.All.Select(fault => fault.Rule).ToHashSet();
        rules.Except(NearMiss.All.Select(miss => miss.Rule)).Should()
            .BeEquivalentTo(None.Keys, "add one to TableMisses, PolicyMisses, LoginMisses or ObjectMisses");
        NearMiss.All.Select(miss => miss.Rule).Except(rules).Should().BeEmpty("a rule that no fault makes fire says nothing in any case");
    }

    [Fact]
    public void Every_near_miss_has_a_name_of_its_own() => NearMiss.All.Select(miss => miss.Name).Should().OnlyHaveUniqueItems();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_rule_says_nothing_on_what_only_looks_like_its_fault(string name)
    {
        var miss = NearMiss.All.Single(miss => miss.Name == name);
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; " + database.Named(miss.Plant));
        var findings = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings;
        findings.Where(finding => finding.RuleId == miss.Rule).Select(finding => $"{finding.ObjectName}: {finding.Message}").Should().BeEmpty();
    }
}
