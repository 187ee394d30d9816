using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TenantColumnNullable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "tenant-column-nullable", AuditSeverity.Error,
        "A tenant column that may be NULL.",
        "A row without a tenant is nobody's, and a composite foreign key with a NULL in it is not checked at all.",
        Docs + "ddl-constraints.html#DDL-CONSTRAINTS-FK");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        let column = model.TenantColumnOf(table)
        where !column.NotNull && !SharedRows.KeysOf(model, table).Contains("NULL")
        let fix = $"ALTER TABLE {table.Name} ALTER COLUMN {column.Sql} SET NOT NULL;"
        select Found(table.Name, $"{column.Name} may be null.", model.PoliciesOf(table).Any(policy => policy.AsksColumnNull) ? Fix.Review(fix) : Fix.Safe(fix));
}
