using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableWithoutPolicy : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-without-policy", AuditSeverity.Warning,
        "A tenant table with row-level security and no policy.",
        "Nobody but a bypassing role sees a row, and the usual cure in a hurry is to switch row-level security off.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        where table.RowSecurity && !model.IsSettled(table) && !model.PoliciesOf(table).Any(policy => policy.Policy.Permissive)
        // It may be closed to everybody on purpose.
        select Found(table.Name, "No permissive policy lets a row through.", TableFix.Protect(model, table) with { IsSafe = false });
}
