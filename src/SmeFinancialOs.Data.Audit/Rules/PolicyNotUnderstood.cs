using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyNotUnderstood : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-not-understood", AuditSeverity.Warning,
        "A policy that the audit cannot judge.",
        "No row of another tenant was seen to pass, and nothing proves that none can: that is not the same as safe. The message says what stood in the way.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) => model.Judgements.Count > 0 ? NotJudged(model) : NotClassified(model);

    private IEnumerable<AuditFinding> NotJudged(DatabaseModel model) =>
        from table in model.TenantTables.Concat(model.ChildTables)
        let open = model.JudgementsOf(table).Where(judgement => judgement.Verdict == PolicyVerdict.NotJudged).ToList()
        where open.Count > 0
        let reasons = open.GroupBy(judgement => judgement.Reason)
            .Select(alike => $"{string.Join(", ", alike.Select(judgement => judgement.Role))}: {alike.Key}")
        select Found(table.Name, $"Not judged for {string.Join("; for ", reasons)}.",
            Fix.Person("show it with an isolation probe, then allow it with the reason; or tie every policy to the tenant: "
                + TableFix.Bounds(model, table)));

    /// <summary>By the shape of each policy, where nothing could be evaluated.</summary>
    private IEnumerable<AuditFinding> NotClassified(DatabaseModel model) =>
        from policy in model.Policies
        where (("rwd".Any(policy.Opens) && !policy.Using.IsEmpty && policy.UsingFilter == TenantFilter.Unknown)
            || ("aw".Any(policy.Opens) && !policy.Check.IsEmpty && policy.CheckFilter == TenantFilter.Unknown)) && !policy.AsksNull && !policy.AsksRole
        select Found(policy.Name, $"Whether it holds {policy.TenantColumn!.Name} to {model.Context.Source} depends on what the audit cannot judge.",
            Fix.Person($"show it with an isolation probe, then allow it with the reason; or add AND ({TableFix.Predicate(model, policy.TenantColumn!)})"));
}
