using SmeFinancialOs.Data.Audit.Rules;

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

    /// <summary>
    /// Rules about the server, the guard and the seal, which no statement in a database like this one can break, and the class that tests each.
    /// </summary>
    private static readonly Dictionary<string, Type> TestedElsewhere = new()
    {
        ["definer-not-understood"] = typeof(Judging.ObjectJudgingTests),
        ["guard-allowlist-stale"] = typeof(GuardAuditTests),
        ["guard-disabled"] = typeof(GuardAuditTests),
        ["policy-hole"] = typeof(Judging.PolicyJudgingTests),
        ["prepared-transactions"] = typeof(PreparedTransactionTests),
        ["seal-broken"] = typeof(SealAuditTests),
        ["seal-key-readable"] = typeof(SealAuditTests),
        ["seal-not-asked"] = typeof(SealAuditTests),
        ["shared-rows"] = typeof(Foreign.ForeignCaseTests),
        ["view-not-understood"] = typeof(Judging.ObjectJudgingTests),
        ["server-cve-2023-2455"] = typeof(AuditOptionsTests),
        ["server-cve-2024-10976"] = typeof(AuditOptionsTests),
        ["server-cve-2025-8713"] = typeof(AuditOptionsTests),
    };

    [Fact]
    public void Every_rule_has_a_planted_fault_or_a_test_class_that_is_listed()
    {
        var rules = SchemaAudit.Rules.Select(rule => rule.Id).ToList();
        rules.Except(PlantedFault.All.Select(fault => fault.Rule)).Except(TestedElsewhere.Keys)
            .Should().BeEmpty("a rule counts once a planted fault made it fire: add one to TableFaults, PolicyFaults, LoginFaults or ObjectFaults");
        TestedElsewhere.Keys.Except(rules).Should().BeEmpty("these are no rules");
    }

    [Fact]
    public void Listed_test_class_has_a_test_of_the_rule()
    {
        var folder = Path.Combine(RepositoryRoot.Folder, "tests/SmeFinancialOs.Data.Audit.Tests");
        TestedElsewhere.Where(entry => !File.ReadAllText(Directory.GetFiles(folder, entry.Value.Name + ".cs", SearchOption.AllDirectories).Single())
            .Contains($"\"{entry.Key}\"", StringComparison.Ordinal))
            .Should().BeEmpty("the file of the class has to name the id of the rule");
    }

    /// <summary>Without this, a class that has neither a constructor without parameters nor rows would be skipped without a word.</summary>
    [Fact]
    public void Every_rule_class_brings_a_rule() =>
        typeof(CatalogRule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(CatalogRule)) && !type.IsAbstract)
            .Except(RuleRegistry.All.Select(rule => rule.GetType()))
            .Should().BeEmpty("a rule has a constructor without parameters, and a class with one rule for each row is an IRuleFamily");

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
