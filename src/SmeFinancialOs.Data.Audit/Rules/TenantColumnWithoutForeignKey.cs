using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TenantColumnWithoutForeignKey : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "tenant-column-without-foreign-key", AuditSeverity.Warning,
        "A tenant column that refers to no tenant.",
        "Rows of tenants that never were or are gone stay behind: deleting an organization does not delete them.",
        Docs + "ddl-constraints.html#DDL-CONSTRAINTS-FK");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        let tenants = model.TenantsOf(table)
        let column = model.TenantColumnOf(table)
        where tenants is not null && table.Oid != tenants.Oid
            && !model.Catalog.ForeignKeys[table.Oid].Any(key => key.Columns.Contains(column.Number) && model.IsTenantTable(key.Target))
        let key = model.TenantColumnOf(tenants)
        select Found(table.Name, $"{column.Name} has no foreign key.", column.BaseType == key.BaseType
            ? Fix.Review($"ALTER TABLE {table.Name} ADD FOREIGN KEY ({column.Sql}) REFERENCES {tenants.Name} ({key.Sql}) ON DELETE CASCADE;")
            : Fix.Person($"make {column.Sql} {key.BaseType} first"));
}
