using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-without-tenant-column", AuditSeverity.Error,
        "A table the app may touch that says not whose rows they are.",
        "Every tenant reads the same rows. Reference data belongs on the allowlist, with the reason.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.Catalog.Relations.Values
        where table.IsTable && !table.Temporary && !model.IsTenantTable(table.Oid)
        let roles = model.AppGrantees(GrantKind.Relation, table.Oid)
        where roles.Length > 0
        select Found(table.Name, $"{roles} has a privilege on it, and it has no column {string.Join(" or ", model.Options.TenantColumns)}.",
            Fix.Review($"REVOKE ALL ON TABLE {table.Name} FROM {roles};"));
}
