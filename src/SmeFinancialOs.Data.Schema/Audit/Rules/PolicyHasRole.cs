namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyHasRole : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-has-role", AuditSeverity.Error,
        "A policy that asks for membership.",
        "pg_has_role(.., 'MEMBER') is true without SET ROLE: isolation is off for every request of a member, and the index goes unused.",
        Docs + "functions-info.html#FUNCTIONS-INFO-ACCESS");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.Policy.Permissive && policy.Expressions.Any(text => text.Calls(name => name == "pg_has_role").Any())
        select Found(policy.Name, "It asks pg_has_role, which does not tell what the request acts as.",
            $"DROP POLICY {policy.Sql} ON {policy.Table.Name}; -- and give the role a policy of its own: CREATE POLICY .. TO that_role");
}
