using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyCheckLoose : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-check-loose", AuditSeverity.Error,
        "A policy that lets the app write rows of other tenants.",
        "A WITH CHECK looser than the tenant's own rows lets tenant A insert rows into tenant B, or move its own there.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where "aw".Any(policy.Opens) && !policy.Check.IsEmpty && policy.CheckFilter == TenantFilter.Open && !policy.AsksNull && !policy.AsksRole
        select Found(policy.Name, "WITH CHECK accepts rows of other tenants.", Tighten(model, policy));

    /// <summary>A ban is meant to narrow what other policies let through: RESTRICTIVE does.</summary>
    private static Fix Tighten(DatabaseModel model, PolicyAnalysis policy) =>
        policy.UsingFilter == TenantFilter.Tenant ? Fix.Of(new(policy, (@using, _) => (null, @using.Text)), true)
        : policy.IsBan ? Fix.Review(PolicyFix.Restrict(model, policy))
        : PolicyFix.Bind(model, policy);
}
