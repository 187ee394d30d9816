using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class GrantMaintain : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "grant-maintain", AuditSeverity.Warning,
        "MAINTAIN on a tenant table for the app.",
        "VACUUM FULL, CLUSTER and LOCK TABLE of one tenant stop all the others.",
        Docs + "ddl-priv.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.TenantTables
        from grant in scene.AppGrants(GrantKind.Relation, table.Oid)
        where grant.Privilege == "MAINTAIN"
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(table.Name, $"{role} has MAINTAIN on it.", $"REVOKE MAINTAIN ON TABLE {table.Name} FROM {role};");
}
