namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>No rule counts before a planted fault made it fire; without one nothing does.</summary>
public sealed class PlantedFaultTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    [Fact]
    public async Task Our_own_schema_yields_nothing()
    {
        var report = await new SchemaAudit(database.ConnectionString, database.Options).RunAsync(Sql.Cancel);
        report.Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}").Should().BeEmpty();
        report.RuleCount.Should().Be(SchemaAudit.Rules.Count);
    }

    public static TheoryData<string> Cases => [.. PlantedFault.All.Select(fault => fault.Name)];

    /// <summary>Rules about the server, the guard and the seal have tests of their own.</summary>
    [Fact]
    public void Every_rule_has_a_planted_fault() =>
        SchemaAudit.Rules.Select(rule => rule.Id).Where(id => !id.StartsWith("server-cve", StringComparison.Ordinal)
            && !id.StartsWith("guard-", StringComparison.Ordinal) && !id.StartsWith("seal-", StringComparison.Ordinal) && id is not ("prepared-transactions" or "policy-hole"))
            .Except(PlantedFault.All.Select(fault => fault.Rule)).Should().BeEmpty();

    [Fact]
    public void Every_fault_has_a_name_of_its_own() => PlantedFault.All.Select(fault => fault.Name).Should().OnlyHaveUniqueItems();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_planted_fault_is_found_and_its_fix_ends_it(string name)
    {
        var fault = PlantedFault.All.Single(fault => fault.Name == name);
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        if (connection.PostgreSqlVersion.Major < fault.Since)
            return; // there is no such fault yet
        await connection.RunAsync("BEGIN; " + database.Named(fault.Plant));

        var found = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings;
        var target = found.Where(finding => finding.RuleId == fault.Rule).ToList();
        target.Select(finding => finding.ObjectName).Should().Contain(database.Named(fault.ObjectName),
            because: string.Join("; ", found.Select(f => $"{f.RuleId} {f.ObjectName}")));
        found.Select(finding => finding.RuleId).Except(fault.Also).Should().Equal([fault.Rule], (one, other) => one == other);

        var forPerson = target.Where(finding => finding.Fix.Contains("--", StringComparison.Ordinal)).ToList();
        if (fault.Person is not null)
        {
            forPerson.Should().NotBeEmpty(because: fault.Person).And.OnlyContain(finding => !finding.IsFixSafe
                && finding.Fix.StartsWith("-- ", StringComparison.Ordinal));
            return;
        }

        forPerson.Should().BeEmpty();
        foreach (var fix in target.Select(finding => finding.Fix).Distinct())
            await connection.RunAsync(fix);
        var left = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings;
        left.Select(finding => $"{finding.RuleId}: {finding.ObjectName}").Except(found.Where(finding => finding.RuleId != fault.Rule)
            .Select(finding => $"{finding.RuleId}: {finding.ObjectName}"))
            .Should().BeEmpty(because: string.Join("\n", target.Select(finding => finding.Fix)));
    }
}
