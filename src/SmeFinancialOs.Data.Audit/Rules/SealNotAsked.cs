using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SealNotAsked : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "seal-not-asked", AuditSeverity.Error,
        "A policy that asks for no signature, where contexts are sealed.",
        "It believes a setting or a role that SQL in a request can change: through this table a request can be another tenant, the demo or an admin.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where model.IsSealed && IsPlain(model, policy)
        select Found(policy.Name, $"Neither it nor a restrictive policy asks {SealParts.View}.", Mend(model, policy));

    private static bool IsPlain(DatabaseModel model, PolicyAnalysis policy) => policy is { Policy.Permissive: true, TenantColumn: not null, AsksSeal: false }
        && (policy.ConcernsApp || model.Identities.AdminRoles.Any(role => policy.Policy.Roles.Contains(role.Oid)))
        && "rawd".Where(policy.Policy.Covers).Any(command => !IsHeld(model, policy, command));

    private static bool IsHeld(DatabaseModel model, PolicyAnalysis policy, char command) => model.PoliciesOf(policy.Table).Any(other =>
        !other.Policy.Permissive && other.Policy.Covers(command) && other.AsksSeal
        && (other.ConcernsPublic || policy.Policy.Roles.All(role => other.Policy.Roles.Contains(role))));

    /// <summary>The tenant's own policies compare the tenant. What the demo and admins may is held by one policy for both.</summary>
    private static Fix Mend(DatabaseModel model, PolicyAnalysis policy)
    {
        if (policy.Expressions.Any(text => text.Calls().Any(call => call.Reads(model.Context.TenantSetting))))
            return PolicyFix.Bind(model, policy);
        var policies = model.PoliciesOf(policy.Table).ToList();
        var ours = policies.Where(each => SealParts.Held.Contains(each.Policy.Name)).ToList();
        if (!ours.Contains(policy))
        {
            return Fix.Person($"ask as well: AND (SELECT c.{SealParts.TenantColumn} FROM {SealParts.View} c) IS NOT NULL, for tenants; "
                + $"AND (SELECT {SealParts.Holds}), for the demo and admins");
        }

        var roles = string.Join(", ", ours.SelectMany(each => each.Policy.Roles).Distinct().Select(model.Identities.NameOf).Order(StringComparer.Ordinal));
        var create = $"CREATE POLICY {SealParts.Policy} ON {policy.Table.Name} AS RESTRICTIVE TO {roles} USING ((SELECT {SealParts.Holds}));";
        return policies.Exists(each => each.Policy.Name == SealParts.Policy)
            ? Fix.Review($"DROP POLICY {SealParts.Policy} ON {policy.Table.Name};\n{create}")
            : Fix.Safe(create);
    }
}
