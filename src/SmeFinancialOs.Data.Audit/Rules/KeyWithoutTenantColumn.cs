using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

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
        where index.Definition is not null
        select Found($"{Identifier.Quote(index.Name)} on {table.Name}", $"It is unique across tenants: {column.Name} is not part of it.",
            KeyFix.Widen(scene, table, index));
}
