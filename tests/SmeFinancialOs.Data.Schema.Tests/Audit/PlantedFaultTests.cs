namespace SmeFinancialOs.Data.Schema.Tests.Audit;

// No rule counts before a planted fault made it fire; without one nothing does.
public sealed class PlantedFaultTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    public static TheoryData<string> Rules => [.. SchemaAudit.Rules.Select(rule => rule.Id).Where(id => !id.StartsWith("server-cve", StringComparison.Ordinal))];

    [Fact]
    public async Task Our_own_schema_yields_nothing()
    {
        var report = await new SchemaAudit(database.ConnectionString, database.Options).RunAsync(Sql.Cancel);
        report.Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}").Should().BeEmpty();
        report.RuleCount.Should().Be(SchemaAudit.Rules.Count);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_planted_fault_is_found_and_its_fix_ends_it(string rule)
    {
        var fault = Faults.All.Should().ContainSingle(fault => fault.Rule == rule).Subject;
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        if (connection.PostgreSqlVersion.Major < fault.Since)
            return; // the privilege does not exist yet
        await connection.ExecuteAsync("BEGIN; " + database.Named(fault.Plant));

        var found = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings;
        var target = found.Where(finding => finding.RuleId == rule).ToList();
        target.Select(finding => finding.ObjectName).Should().Contain(database.Named(fault.ObjectName), because: string.Join("; ", found.Select(f => $"{f.RuleId} {f.ObjectName}")));
        found.Select(finding => finding.RuleId).Except(fault.Also).Should().Equal([rule], (one, other) => one == other);

        if (target.All(finding => !finding.Fix.Contains("--", StringComparison.Ordinal)))
        {
            foreach (var finding in target)
                await connection.ExecuteAsync(finding.Fix);
            (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Where(finding => finding.RuleId == rule).Should().BeEmpty();
        }
    }
}
