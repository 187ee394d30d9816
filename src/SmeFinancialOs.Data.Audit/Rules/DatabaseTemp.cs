using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DatabaseTemp : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "database-temp", AuditSeverity.Warning,
        "Temporary tables for the app.",
        "A temporary table carries one tenant's rows to the next request of a pooled connection, and shadows the real table's name.",
        Docs + "sql-createtable.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene)
    {
        var database = Identifier.Quote(scene.Catalog.Database.Name);
        return from roles in new[] { scene.AppGrantees(GrantKind.Database, 0, "TEMPORARY") }
               where roles.Length > 0
               select Found(database, $"{roles} may create temporary tables.", Fix.Review($"REVOKE TEMPORARY ON DATABASE {database} FROM {roles};"));
    }
}
