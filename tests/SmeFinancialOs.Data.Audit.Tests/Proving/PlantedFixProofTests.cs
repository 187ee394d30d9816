using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Proving;

namespace SmeFinancialOs.Data.Audit.Tests.Proving;

/// <summary>Each fix is tried on the fault that its rule finds, in a transaction that is rolled back.</summary>
public sealed class PlantedFixProofTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    public static TheoryData<string> Faults => [.. TestPart.Of(PlantedFault.All).Concat(PlantedFault.All.Where(fault => fault.Since > 15)).Distinct()
        .Select(fault => fault.Name)];

    /// <summary>
    /// A literal in a function instead of a policy harms nobody: there a person has to say what the function is to be called.
    /// </summary>
    public static TheoryData<string, string, string> Unsafe =>
        [.. UnsafeFixTests.Cases.Where(row => row.Data.Item1 != "policy-tenant-literal").Select(row => row.Data)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fix_that_a_rule_takes_for_safe_is_shown_to_be(string name)
    {
        var fault = PlantedFault.All.Single(fault => fault.Name == name);
        var (_, results) = await ProveAsync(fault.Plant, finding => finding.RuleId == fault.Rule && finding.IsFixSafe, fault.Since);
        results.Select(result => $"{result.Key.Sql}: {result.Value.Fault}").Where(text => !text.EndsWith(": ", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Unsafe))]
    public async Task Fix_that_opens_or_breaks_something_is_not_proved(string rule, string objectName, string plant)
    {
        var (findings, results) = await ProveAsync(plant, finding => finding.RuleId == rule && finding.ObjectName == objectName, 0);
        findings.Should().NotBeEmpty();
        results.Should().OnlyContain(result => result.Value.Fault != null);
    }

    private async Task<(List<AuditFinding> Findings, IReadOnlyDictionary<SchemaFix, ProofResult> Results)> ProveAsync(string plant,
        Func<AuditFinding, bool> isWanted, int since)
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        if (connection.PostgreSqlVersion.Major < since)
            return ([], new Dictionary<SchemaFix, ProofResult>()); // there is no such fault yet
        await connection.RunAsync("BEGIN; " + database.Named(plant));
        var findings = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Where(isWanted).ToList();
        return (findings, await database.ProveAsync(connection, FixPlan.Of(findings)));
    }
}
