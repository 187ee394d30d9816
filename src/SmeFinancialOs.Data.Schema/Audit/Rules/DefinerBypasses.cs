using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class DefinerBypasses : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-bypasses", AuditSeverity.Error,
        "A SECURITY DEFINER function of an owner whom no policy binds.",
        "It reads and writes the rows of every tenant for whoever may call it.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from function in scene.Catalog.Functions.Values
        where function.Definer && scene.AppGrants(GrantKind.Function, function.Oid).Any()
            && scene.Catalog.Roles.GetValueOrDefault(function.Owner) is { Superuser: true } or { BypassesRls: true }
        let role = scene.Identities.NameOf(scene.AppGrants(GrantKind.Function, function.Oid).First().Grantee)
        select Found(function.Signature, $"{role} may call it, and {scene.Identities.NameOf(function.Owner)} bypasses row-level security.",
            $"REVOKE EXECUTE ON FUNCTION {function.Signature} FROM {role};");
}
