namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyOrNull : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-or-null", AuditSeverity.Error,
        "A policy that opens when something is NULL.",
        "A request that forgot its tenant, or a row without one, is let through instead of refused.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.TenantColumn is not null && policy.Policy.Permissive && policy.ConcernsApp
            && policy.Expressions.Any(text => text.Split("OR") is { Count: > 1 } parts && parts.Any(part => part.Has("IS") && part.Has("NULL") && !part.Has("NOT")))
        select Found(policy.Name, "OR .. IS NULL is true for whoever sets no tenant.", $"DROP POLICY {policy.Sql} ON {policy.Table.Name}; -- and create it again without the OR");
}
