using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class GrantTrigger : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "grant-trigger", AuditSeverity.Error,
        "TRIGGER on a tenant table for the app.",
        "A trigger of the app's own copies what other tenants write.",
        Docs + "sql-createtrigger.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.TenantTables
        from grant in scene.AppGrants(GrantKind.Relation, table.Oid)
        where grant.Privilege == "TRIGGER"
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(table.Name, $"{role} has TRIGGER on it.", $"REVOKE TRIGGER ON TABLE {table.Name} FROM {role};");
}
