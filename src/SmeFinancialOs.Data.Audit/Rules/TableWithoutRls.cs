using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableWithoutRls : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-without-rls", AuditSeverity.Error,
        "A tenant table without row-level security.",
        "Whoever may read the table reads every tenant's rows, whatever policies it has.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        where !table.RowSecurity
        select Found(table.Name, "Row-level security is off: every role with a privilege sees all tenants.", TableFix.Protect(model, table));
}
