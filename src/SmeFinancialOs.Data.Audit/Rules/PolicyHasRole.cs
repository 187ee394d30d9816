using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyHasRole : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-has-role", AuditSeverity.Error,
        "A policy that asks for membership.",
        "pg_has_role(.., 'MEMBER') is true without SET ROLE: isolation is off for every request of a member, and the index goes unused.",
        Docs + "functions-info.html#FUNCTIONS-INFO-ACCESS");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where policy.AsksRole
        select Found(policy.Name, "It asks pg_has_role, which does not tell what the request acts as.", Split(model, policy));

    /// <summary>The role gets a policy of its own, which holds after SET ROLE alone.</summary>
    private static Fix Split(DatabaseModel model, PolicyAnalysis policy)
    {
        if (policy.TenantColumn is null || policy.Expressions.Any(text => text.Calls().Any(IsAsking)
            && (text.Split("OR").Count == 1 || PolicyFix.Without(text, AsksRole) is null)))
            return Fix.Person("tie the policy to the tenant, and give the role a policy of its own: CREATE POLICY .. TO that_role");
        var admins = model.Identities.AdminRoles.Where(role => policy.Expressions.Any(text => text.Has(Identifier.Literal(role.Name))
            || text.Has(Identifier.Literal(role.Sql))))
            .Where(role => !model.PoliciesOf(policy.Table).Any(other => other.Policy.Permissive && other.Policy.Roles.Contains(role.Oid)));
        return Fix.Review(string.Join('\n',
        [
            PolicyRewrite.Alter(PolicyRewrite.OfEach(policy, text => PolicyFix.Without(text, AsksRole))),
            .. admins.Select(role => PolicyFix.ForAdmin(policy.Table, role)),
        ]));
    }

    private static bool AsksRole(SqlText branch) => branch.Split("AND").Count == 1 && branch.Calls().Any(IsAsking);

    private static bool IsAsking(SqlCall call) => call.Name == "pg_has_role";
}
