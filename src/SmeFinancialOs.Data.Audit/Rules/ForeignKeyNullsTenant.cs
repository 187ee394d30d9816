using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ForeignKeyNullsTenant : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-key-nulls-tenant", AuditSeverity.Error,
        "A foreign key that takes the tenant away.",
        "SET NULL or SET DEFAULT on the tenant column fails on NOT NULL, or leaves a row that belongs to nobody.",
        Docs + "sql-createtable.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from key in model.Catalog.ForeignKeys.SelectMany(keys => keys)
        let column = model.TenantColumnOf(key.Relation)
        where column is not null && key.Columns.Contains(column.Number)
        where (key.OnDelete is 'n' or 'd' && (key.OnDeleteColumns.Length == 0 || key.OnDeleteColumns.Contains(column.Number))) || key.OnUpdate is 'n' or 'd'
        select Found(model.NameOf(key), $"It sets {column.Name} to NULL or its default.", KeyFix.KeepTenant(model, key));
}
