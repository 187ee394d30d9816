namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class KeyWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "key-without-tenant-column", AuditSeverity.Warning,
        "A unique key without the tenant column.",
        "A duplicate (23505) tells a tenant that another has the value.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.RootTables
        let column = scene.TenantColumnOf(table)
        where table.Oid != scene.Tenants?.Oid
        from index in scene.Catalog.Indexes[table.Oid]
        where (index.Unique || index.Exclusion) && !index.Columns.Contains(column.Number)
        let names = string.Join(", ", index.Columns.Select(number => scene.Catalog.Columns[table.Oid].FirstOrDefault(c => c.Number == number)).Select(c => c is null ? ".." : Identifier.Quote(c.Name)))
        let key = $"({Identifier.Quote(column.Name)}, {names})"
        select Found($"{Identifier.Quote(index.Name)} on {table.Name}", $"It is unique across tenants: {column.Name} is not part of it.",
            index.Constraint is { } constraint
                ? $"ALTER TABLE {table.Name} DROP CONSTRAINT {Identifier.Quote(constraint)}, ADD {(index.Primary ? "PRIMARY KEY" : "UNIQUE")} {key};"
                : $"-- make the index unique over {key}");
}
