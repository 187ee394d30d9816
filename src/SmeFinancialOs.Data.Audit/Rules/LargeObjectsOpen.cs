using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LargeObjectsOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "large-objects-open", AuditSeverity.Warning,
        "Large objects that the app may open.",
        "A large object belongs to a role, not to a tenant: what one stores, every other of the same role reads.",
        Docs + "lo-funcs.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from function in scene.Catalog.Functions.Values
        where function.System && function.Name.StartsWith("lo", StringComparison.Ordinal)
        let roles = scene.AppGrantees(GrantKind.Function, function.Oid)
        where roles.Length > 0
        select Found(function.Signature, $"{roles} may call it.", Fix.Review($"REVOKE EXECUTE ON FUNCTION {function.Signature} FROM {roles};"));
}
