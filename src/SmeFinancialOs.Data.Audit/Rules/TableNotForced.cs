using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableNotForced : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-not-forced", AuditSeverity.Error,
        "Row-level security that does not bind the owner.",
        "The owner, its views and its SECURITY DEFINER functions read all tenants past the policies.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        where table.RowSecurity && !table.Forced
        select Found(table.Name, "Its owner is not bound by the policies.", Fix.Safe($"ALTER TABLE {table.Name} FORCE ROW LEVEL SECURITY;"));
}
