using System.Globalization;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

public sealed class PolicyJudgingTests(LabelledDatabase database) : IClassFixture<LabelledDatabase>
{
    public static TheoryData<string> Names => [.. LabelledPolicy.All.Select(policy => $"{policy.Verdict}: {policy.Name}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Policy_gets_the_verdict_that_a_person_gave_it(string name)
    {
        var (policy, table) = Find(name);
        var judgement = database.Judgements[table];
        judgement.Verdict.Should().Be(policy.Verdict, judgement.Reason);
        if (policy.Reason is not null)
            judgement.Reason.Should().Contain(policy.Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Finding_follows_the_verdict(string name)
    {
        var (policy, table) = Find(name);
        var findings = database.Report!.Findings.Where(finding => finding.ObjectName == table
            || finding.ObjectName.EndsWith($" on {table}", StringComparison.Ordinal)).ToList();
        // Not about what the policies let through now.
        var errors = findings.Where(finding => finding.Severity == AuditSeverity.Error
            && finding.RuleId is not ("tenant-column-nullable" or "policy-command-gap")).ToList();
        var listed = string.Join("; ", findings.Select(finding => $"{finding.RuleId}: {finding.Message}"));
        if (policy.Verdict == PolicyVerdict.Hole)
            errors.Should().NotBeEmpty().And.Contain(finding => finding.RuleId == "policy-hole" || finding.Witness != null, listed);
        else if (policy.Verdict == PolicyVerdict.NotJudged)
            findings.Should().Contain(finding => finding.RuleId == "policy-not-understood", listed);
        else
            errors.Where(finding => finding.RuleId != "foreign-key-without-tenant-column").Should().BeEmpty(listed);
        findings.Count(finding => finding.RuleId == "policy-hole").Should().BeLessThanOrEqualTo(errors.Count > 1 ? 0 : 1, listed);
    }

    [Fact]
    public void Report_says_what_was_looked_at()
    {
        var children = LabelledPolicy.All.Sum(policy => (policy.IsChild ? 1 : 0) + Created(policy, "items") + Created(policy, "grants")
            + Created(policy, "whole"));
        var parents = LabelledPolicy.All.Sum(policy => Created(policy, "docs") + Created(policy, "parts") + Created(policy, "staff") + Created(policy, "more"));
        database.Report!.ChildTableCount.Should().Be(children).And.BeGreaterThan(40);
        database.Report.TenantTableCount.Should().Be((LabelledPolicy.All.Count * 3) + parents - LabelledPolicy.All.Count(policy => policy.IsChild),
            "each schema has t, members and orders");
        database.Report.Roles.Should().ContainSingle();
        database.Report.Hint.Should().BeNull();
    }

    [Fact]
    public void Page_has_the_figures_of_the_labelled_policies()
    {
        var counts = LabelledPolicy.All.Select((policy, i) => (policy.Verdict, Judged: database.Judgements[$"{LabelledDatabase.SchemaOf(i)}.t"].Verdict))
            .ToList();
        string[] rows =
        [
            Row("a hole", PolicyVerdict.Hole), Row("safe or closed", PolicyVerdict.Safe, PolicyVerdict.Closed),
            Row("not to be judged: no proof may be found", PolicyVerdict.NotJudged),
        ];
        File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "docs/verdicts.md")).Should().ContainAll(rows);

        string Row(string label, params PolicyVerdict[] verdicts)
        {
            var judged = counts.Where(item => verdicts.Contains(item.Verdict)).Select(item => item.Judged).ToList();
            return $"| {label} | {judged.Count} | {judged.Count(verdict => verdict == PolicyVerdict.Hole)} "
                + $"| {judged.Count(verdict => verdict is PolicyVerdict.Safe or PolicyVerdict.Closed)} "
                + $"| {judged.Count(verdict => verdict == PolicyVerdict.NotJudged)} |";
        }
    }

    private static int Created(LabelledPolicy policy, string table) =>
        (policy.Before + policy.Sql).Contains($"CREATE TABLE {table} ", StringComparison.Ordinal) ? 1 : 0;

    /// <summary>Recall: of the holes, how many are called one. Precision: of what is called a hole, how many are one.</summary>
    [Fact]
    public void Security_page_has_recall_precision_and_what_was_not_judged()
    {
        var judged = LabelledPolicy.All.Select((policy, i) => (Label: policy.Verdict,
            Verdict: database.Judgements[$"{LabelledDatabase.SchemaOf(i)}.t"].Verdict))
            .ToList();
        var (holes, called) = (judged.Where(item => item.Label == PolicyVerdict.Hole).ToList(), judged.Where(item =>
            item.Verdict == PolicyVerdict.Hole).ToList());
        var found = called.Count(item => item.Label == PolicyVerdict.Hole);
        var proved = judged.Where(item => item.Verdict is PolicyVerdict.Safe or PolicyVerdict.Closed).ToList();
        File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "SECURITY.md")).Should().Contain(string.Create(CultureInfo.InvariantCulture,
            $"| {judged.Count} labelled policies | {found} of {holes.Count}: {100.0 * found / holes.Count:0.#} % | {found} of {called.Count}: "
            + $"{100.0 * found / called.Count:0.#} % | {proved.Count(item => item.Label is PolicyVerdict.Safe or PolicyVerdict.Closed)} of {proved.Count} "
            + $"| {judged.Count(item => item.Verdict == PolicyVerdict.NotJudged)} |"));
    }

    private static (LabelledPolicy Policy, string Table) Find(string name)
    {
        var index = LabelledPolicy.All.ToList().FindIndex(policy => $"{policy.Verdict}: {policy.Name}" == name);
        return (LabelledPolicy.All[index], $"{LabelledDatabase.SchemaOf(index)}.t");
    }
}
