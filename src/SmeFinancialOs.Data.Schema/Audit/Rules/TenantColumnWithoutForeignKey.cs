namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class TenantColumnWithoutForeignKey : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "tenant-column-without-foreign-key", AuditSeverity.Warning,
        "A tenant column that refers to no tenant.",
        "Rows of tenants that never were or are gone stay behind: deleting an organization does not delete them.",
        Docs + "ddl-constraints.html#DDL-CONSTRAINTS-FK");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        scene.Tenants is not { } tenants ? [] :
        from table in scene.RootTables
        let column = scene.TenantColumnOf(table)
        where table.Oid != tenants.Oid
            && !scene.Catalog.ForeignKeys.Any(key => key.Relation == table.Oid && key.Columns.Contains(column.Number) && scene.IsTenantTable(key.Target))
        select Found(table.Name, $"{column.Name} has no foreign key.",
            $"ALTER TABLE {table.Name} ADD FOREIGN KEY ({Identifier.Quote(column.Name)}) REFERENCES {tenants.Name} ({Identifier.Quote(scene.TenantColumnOf(tenants).Name)}) ON DELETE CASCADE;");
}
