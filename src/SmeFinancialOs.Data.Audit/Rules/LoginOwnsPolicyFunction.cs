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

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Policies.SelectMany(policy => policy.Functions).Distinct()
        where model.Identities.IsApp(function.Owner)
        select Found(function.Signature, $"It belongs to {model.Identities.NameOf(function.Owner)}, which the app is or may become, and a policy calls it.",
            OwnerFix.Give(model, $"ROUTINE {function.Signature}", function.Owner));
}
