namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

public sealed class ForeignCaseTests
{
    public static TheoryData<string> Names => [.. ForeignCase.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Foreign_schema_is_audited_probed_and_fixed(string name)
    {
        var each = ForeignCase.All.Single(other => other.Name == name);
        var database = await ForeignDatabase.CreateAsync(each);
        var report = await database.AuditAsync();
        Holes(report).Should().BeEquivalentTo(each.Holes, string.Join("\n", report.Findings.Select(finding =>
            $"{finding.RuleId} {finding.ObjectName}: {finding.Message}")));
        report.Judgements.Where(judgement => judgement.Verdict == PolicyVerdict.NotJudged && !each.Holes.Contains(judgement.Table)).Select(judgement =>
            $"{judgement.Table}: {judgement.Reason}").Should().BeEmpty();
        report.Judgements.Should().Contain(judgement => judgement.Verdict == PolicyVerdict.Safe);

        var probe = await new IsolationProbe(database.ConnectionString, database.ProbeOptions).RunAsync(null, Sql.Cancel);
        probe.Breaches.Select(breach => breach.ObjectName).Distinct().Should().BeEquivalentTo(each.Reached,
            string.Join("\n", probe.Breaches.Select(breach => $"{breach.ObjectName}: {breach.Statement}")));
        probe.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();

        var proof = await new FixProof(database.ConnectionString, database.ProbeOptions).RunAsync(report, null, Sql.Cancel);
        proof.Unproved.Select(fix => $"{fix.Fix.Sql}: {fix.Reason}").Should().BeEmpty();
        await using (var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel))
            await connection.RunAsync(string.Join('\n', proof.Proved.Select(fix => fix.Sql).DefaultIfEmpty("SELECT 1")));
        report = await database.AuditAsync();
        Holes(report).Should().BeEquivalentTo(each.Holes.Except(each.Fixed));
        report.Fixes.Where(fix => fix.IsSafe).Select(fix => fix.Sql).Should().BeEmpty();
        probe = await new IsolationProbe(database.ConnectionString, database.ProbeOptions).RunAsync(null, Sql.Cancel);
        probe.Breaches.Select(breach => breach.ObjectName).Distinct().Should().BeEquivalentTo(each.Reached.Except(each.Fixed));
        probe.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
    }

    [Fact]
    public async Task Rows_that_are_only_read_by_every_tenant_have_a_message_of_their_own()
    {
        var report = await (await ForeignDatabase.CreateAsync(TemplatesCase.Case)).AuditAsync();
        var shared = report.Findings.Should().ContainSingle(finding => finding.RuleId == "shared-rows").Subject;
        (shared.ObjectName, shared.Severity).Should().Be(("public.templates", AuditSeverity.Info));
        shared.Message.Should().Be("Every tenant can read the rows whose tenant_id is NULL; none can write them.");
        report.Findings.Should().NotContain(finding => finding.RuleId == "tenant-column-nullable" && finding.ObjectName == "public.templates");
        report.Judgements.Single(judgement => judgement.Table == "public.templates").SharedRows.Should().Equal("NULL");
    }

    /// <summary>The objects of the errors; a policy and a key stand for their table.</summary>
    private static IEnumerable<string> Holes(AuditReport report) => report.Findings.Where(finding => finding.Severity == AuditSeverity.Error)
        .Select(finding => finding.ObjectName.Split(" on ")[^1]).Distinct();
}
