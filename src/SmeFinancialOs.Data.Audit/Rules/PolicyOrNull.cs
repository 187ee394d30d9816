using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyOrNull : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-or-null", AuditSeverity.Error,
        "A policy that opens when something is NULL.",
        "A request that forgot its tenant, or a row without one, is let through instead of refused.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where policy.TenantColumn is not null && policy.Policy.Permissive && policy.ConcernsApp && policy.AsksNull
        select Found(policy.Name, "OR .. IS NULL is true for whoever sets no tenant.",
            Fix.Of(PolicyRewrite.OfEach(policy, text => PolicyFix.Without(text, policy.IsNull)), !policy.AsksColumnNull));
}
