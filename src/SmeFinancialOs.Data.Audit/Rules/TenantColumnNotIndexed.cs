using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TenantColumnNotIndexed : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "tenant-column-not-indexed", AuditSeverity.Warning,
        "No index leads with the tenant column.",
        "The policy comes before what is not leakproof, so every query reads the rows of all tenants: on 300,000 rows 131 ms instead of 0.07 ms.",
        Docs + "indexes-multicolumn.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        let column = model.TenantColumnOf(table)
        where !model.Catalog.Indexes[table.Oid].Any(index => !index.Partial && index.Columns.FirstOrDefault() == column.Number)
        select Found(table.Name, $"No index leads with {column.Name}.", Fix.Safe($"CREATE INDEX ON {table.Name} ({column.Sql});"));
}
