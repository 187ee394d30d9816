using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ChildOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "child-open", AuditSeverity.Error,
        "A partition or inheritance child that can be queried past its parent's policies.",
        "A query that names the partition is bound by the partition's own policies alone: of two rows the parent shows one and the partition both.",
        Docs + "ddl-inherit.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.TenantTables
        where model.IsInherited(table) && !(table.RowSecurity && table.Forced) && model.AppGrants(GrantKind.Relation, table.Oid).Any()
        select Found(table.Name, "The app may query it directly, and row-level security is not enabled and forced on it.",
            Fix.Review($"ALTER TABLE {table.Name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"));
}
