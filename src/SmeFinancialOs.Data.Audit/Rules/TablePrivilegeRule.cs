using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>A privilege that no app needs on a tenant table, on all of it or on a column. Taking it away is safe.</summary>
internal sealed class TablePrivilegeRule(string privilege, AuditRule description) : CatalogRule, IRuleFamily
{
    public static IReadOnlyList<CatalogRule> Rows { get; } =
    [
        new TablePrivilegeRule("TRUNCATE", new(
            "grant-truncate", AuditSeverity.Error,
            "TRUNCATE on a tenant table for the app.",
            "TRUNCATE asks no policy: one tenant empties the table of all.",
            Docs + "sql-truncate.html")),
        new TablePrivilegeRule("REFERENCES", new(
            "grant-references", AuditSeverity.Error,
            "REFERENCES on a tenant table for the app.",
            "A foreign key to the table tells whether a hidden row exists.",
            Docs + "ddl-priv.html")),
        new TablePrivilegeRule("TRIGGER", new(
            "grant-trigger", AuditSeverity.Error,
            "TRIGGER on a tenant table for the app.",
            "A trigger of the app's own copies what other tenants write.",
            Docs + "sql-createtrigger.html")),
        new TablePrivilegeRule("MAINTAIN", new(
            "grant-maintain", AuditSeverity.Warning,
            "MAINTAIN on a tenant table for the app.",
            "VACUUM FULL, CLUSTER and LOCK TABLE of one tenant stop all the others.",
            Docs + "ddl-priv.html")),
    ];

    public override AuditRule Description => description;

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.TenantTables
        let roles = model.AppGrantees(GrantKind.Relation, table.Oid, privilege)
        where roles.Length > 0
        select Found(table.Name, $"{roles} has {privilege} on it.", Fix.Safe($"REVOKE {privilege} ON TABLE {table.Name} FROM {roles};"));
}
