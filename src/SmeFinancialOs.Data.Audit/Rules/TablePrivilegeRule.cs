using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

// A privilege that no app needs on a tenant table, on all of it or on a column. Taking it away is safe.
internal abstract class TablePrivilegeRule(string privilege) : CatalogRule
{
    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.TenantTables
        let roles = scene.AppGrantees(GrantKind.Relation, table.Oid, privilege)
        where roles.Length > 0
        select Found(table.Name, $"{roles} has {privilege} on it.", Fix.Safe($"REVOKE {privilege} ON TABLE {table.Name} FROM {roles};"));
}
