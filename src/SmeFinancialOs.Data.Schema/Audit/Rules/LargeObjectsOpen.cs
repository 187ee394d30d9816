using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class LargeObjectsOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "large-objects-open", AuditSeverity.Warning,
        "Large objects that the app may open.",
        "A large object belongs to a role, not to a tenant: what one stores, every other of the same role reads.",
        Docs + "lo-funcs.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from function in scene.Catalog.Functions.Values
        where function.System
        from grant in scene.AppGrants(GrantKind.Function, function.Oid)
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(function.Signature, $"{role} may call it.", $"REVOKE EXECUTE ON FUNCTION {function.Signature} FROM {role};");
}
