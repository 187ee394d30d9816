namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyCheckLoose : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-check-loose", AuditSeverity.Error,
        "A policy that lets the app write rows of other tenants.",
        "A WITH CHECK looser than the tenant's own rows lets tenant A insert rows into tenant B, or move its own there.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where "aw".Any(policy.Opens) && policy.Check.Tokens.Count > 0 && !policy.IsTenant(policy.Check)
        select Found(policy.Name, "WITH CHECK accepts rows of other tenants.",
            policy.IsTenant(policy.Using)
                ? $"ALTER POLICY {policy.Sql} ON {policy.Table.Name} WITH CHECK ({policy.Policy.Using});"
                : $"DROP POLICY {policy.Sql} ON {policy.Table.Name}; -- a ban is created AS RESTRICTIVE");
}
