using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefinerBypasses : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-bypasses", AuditSeverity.Error,
        "A SECURITY DEFINER function of an owner whom no policy binds.",
        "It reads and writes the rows of every tenant for whoever may call it.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Catalog.Functions.Values
        where function.Definer && model.AppMayRun(function) && model.Catalog.Roles.GetValueOrDefault(function.Owner) is { } owner && Bypasses(model, owner)
        let roles = model.AppGrantees(GrantKind.Function, function.Oid)
        select Found(function.Signature, $"The app may run it, and {model.Identities.NameOf(function.Owner)} sees every tenant.", roles.Length > 0
            ? Fix.Review($"REVOKE EXECUTE ON ROUTINE {function.Signature} FROM {roles};")
            : Fix.Person($"a trigger runs it: give it to a role that the policies bind, ALTER ROUTINE {function.Signature} OWNER TO ..;"));

    /// <summary>An admin's policies hold for a function of the admin's, too.</summary>
    private static bool Bypasses(DatabaseModel model, Role owner) => owner.Superuser || owner.BypassesRls || model.Identities.Inherited(owner).Append(owner)
        .Intersect(model.Identities.AdminRoles).Any();
}
