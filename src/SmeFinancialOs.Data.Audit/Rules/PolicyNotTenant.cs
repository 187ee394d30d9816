using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyNotTenant : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-not-tenant", AuditSeverity.Error,
        "A policy for the app that does not compare the tenant.",
        "Whatever it compares, rows of other tenants can pass it; permissive policies are ORed, so one is enough.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where "rwd".Any(policy.Opens) && !policy.Using.IsEmpty && policy.UsingFilter == TenantFilter.Open && !policy.IsAlwaysTrue && !policy.AsksNull
            && !policy.AsksRole
        select Found(policy.Name, $"USING does not tie {policy.TenantColumn!.Name} to {model.Context.Source}.", PolicyFix.Bind(model, policy));
}
