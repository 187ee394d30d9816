using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>A privilege on the database that no app needs.</summary>
internal sealed class DatabasePrivilegeRule(string privilege, string effect, AuditRule description) : CatalogRule, IRuleFamily
{
    public static IReadOnlyList<CatalogRule> Rows { get; } =
    [
        new DatabasePrivilegeRule("CREATE", "create schemas", new(
            "database-create", AuditSeverity.Error,
            "Schemas of the app's own.",
            "Tables and functions in a schema of its own take the place of names that others look up, and no migration ever sees them.",
            Docs + "ddl-priv.html")),
        new DatabasePrivilegeRule("TEMPORARY", "create temporary tables", new(
            "database-temp", AuditSeverity.Warning,
            "Temporary tables for the app.",
            "A temporary table carries one tenant's rows to the next request of a pooled connection, and shadows the real table's name.",
            Docs + "sql-createtable.html")),
    ];

    public override AuditRule Description => description;

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        var database = Identifier.Quote(model.Catalog.Database.Name);
        var roles = model.AppGrantees(GrantKind.Database, 0, privilege);
        if (roles.Length > 0)
            yield return Found(database, $"{roles} may {effect}.", Fix.Review($"REVOKE {privilege} ON DATABASE {database} FROM {roles};"));
    }
}
