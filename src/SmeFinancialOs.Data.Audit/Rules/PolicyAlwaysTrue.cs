using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyAlwaysTrue : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-always-true", AuditSeverity.Error,
        "A policy that lets the app through to every row.",
        "USING (true) is no condition: the role sees all tenants.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where "rwd".Any(policy.Opens) && policy.IsAlwaysTrue
        select Found(policy.Name, "It is always true for a role the app may be.", PolicyFix.Bind(model, policy));
}
