using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class GrantTruncate : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "grant-truncate", AuditSeverity.Error,
        "TRUNCATE on a tenant table for the app.",
        "TRUNCATE asks no policy: one tenant empties the table of all.",
        Docs + "sql-truncate.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.TenantTables
        from grant in scene.AppGrants(GrantKind.Relation, table.Oid)
        where grant.Privilege == "TRUNCATE"
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(table.Name, $"{role} has TRUNCATE on it.", $"REVOKE TRUNCATE ON TABLE {table.Name} FROM {role};");
}
