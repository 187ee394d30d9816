using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class DatabaseTemp : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "database-temp", AuditSeverity.Warning,
        "Temporary tables for the app.",
        "A temporary table carries one tenant's rows to the next request of a pooled connection, and shadows the real table's name.",
        Docs + "sql-createtable.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from grant in scene.AppGrants(GrantKind.Database, 0)
        where grant.Privilege == "TEMPORARY"
        let role = scene.Identities.NameOf(grant.Grantee)
        let database = Identifier.Quote(scene.Catalog.Database)
        select Found(database, $"{role} may create temporary tables.", $"REVOKE TEMPORARY ON DATABASE {database} FROM {role};");
}
