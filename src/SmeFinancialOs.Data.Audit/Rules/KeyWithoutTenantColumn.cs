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

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        let column = model.TenantColumnOf(table)
        where !model.AreTenants(table.Oid)
        from index in model.Catalog.Indexes[table.Oid]
        where index.Definition is not null && !index.Columns.Contains(column.Number)
        select Found($"{Identifier.Quote(index.Name)} on {table.Name}", $"It is unique across tenants: {column.Name} is not part of it.",
            KeyFix.Widen(model, table, index));
}
