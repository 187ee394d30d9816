using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyRlsOff : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-rls-off", AuditSeverity.Error,
        "A policy on a table whose row-level security is off.",
        "The policy is not asked; it only looks as if the table were protected.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.Catalog.Relations.Values
        where !table.RowSecurity && model.PoliciesOf(table).Any()
        select Found(table.Name, "It has policies, and row-level security is off.", model.IsTenantTable(table.Oid)
            ? TableFix.Protect(model, table)
            : Fix.Review($"ALTER TABLE {table.Name} ENABLE ROW LEVEL SECURITY;"));
}
