using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyNotUnderstood : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-not-understood", AuditSeverity.Warning,
        "A policy that the audit cannot judge.",
        "It asks a table of members, a function or another setting. It may be right; nothing in the catalog proves it.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where (("rwd".Any(policy.Opens) && !policy.Using.IsEmpty && policy.UsingFilter == TenantFilter.Unknown)
            || ("aw".Any(policy.Opens) && !policy.Check.IsEmpty && policy.CheckFilter == TenantFilter.Unknown)) && !policy.AsksNull && !policy.AsksRole
        select Found(policy.Name, $"Whether it holds {policy.TenantColumn!.Name} to {model.Options.TenantSetting} depends on what the audit cannot judge.",
            Fix.Person($"show it with an isolation probe, then allow it with the reason; or add AND ({TableFix.Predicate(model, policy.TenantColumn!)})"));
}
