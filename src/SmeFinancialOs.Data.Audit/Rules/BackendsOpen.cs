using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class BackendsOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "backends-open", AuditSeverity.Warning,
        "Sessions that the app may end.",
        "SQL that is injected into one call can reset the role and end every session of its login, again and again: all tenants lose their connections.",
        Docs + "functions-admin.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from function in scene.Catalog.Functions.Values
        where function is { System: true, Name: "pg_terminate_backend" or "pg_cancel_backend" }
        let roles = scene.AppGrantees(GrantKind.Function, function.Oid)
        where roles.Length > 0
        select Found(function.Signature, $"{roles} may call it.", Fix.Review($"REVOKE EXECUTE ON FUNCTION {function.Signature} FROM {roles};"));
}
