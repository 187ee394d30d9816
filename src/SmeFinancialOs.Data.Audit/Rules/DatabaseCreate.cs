using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DatabaseCreate : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "database-create", AuditSeverity.Error,
        "Schemas of the app's own.",
        "Tables and functions in a schema of its own take the place of names that others look up, and no migration ever sees them.",
        Docs + "ddl-priv.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene)
    {
        var database = Identifier.Quote(scene.Catalog.Database.Name);
        return from roles in new[] { scene.AppGrantees(GrantKind.Database, 0, "CREATE") }
               where roles.Length > 0
               select Found(database, $"{roles} may create schemas.", Fix.Review($"REVOKE CREATE ON DATABASE {database} FROM {roles};"));
    }
}
