using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginOwnsPolicyFunction : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-owns-policy-function", AuditSeverity.Error,
        "A function in a policy whose owner the app is or may become.",
        "Its owner can alter it, and replace it where it may create objects: the policy then lets through what the owner likes.",
        Docs + "sql-createfunction.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from function in scene.Policies.SelectMany(policy => policy.Functions).Distinct()
        where scene.Identities.IsApp(function.Owner)
        select Found(function.Signature, $"It belongs to {scene.Identities.NameOf(function.Owner)}, which the app is or may become, and a policy calls it.",
            OwnerFix.Give(scene, $"ROUTINE {function.Signature}", function.Owner));
}
