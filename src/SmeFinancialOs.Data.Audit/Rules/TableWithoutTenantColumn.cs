using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-without-tenant-column", AuditSeverity.Error,
        "A table the app may touch that says not whose rows they are.",
        "Every tenant reads the same rows. A table whose foreign key leads to a tenant table is judged by its policies instead. "
            + "Reference data is shared with app.share_table, or belongs on the allowlist, with the reason.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.Catalog.Relations.Values
        where table.IsTable && !table.Temporary && !model.IsTenantTable(table.Oid) && !IsJudged(model, table) && !TableForm.IsShipped(model, table)
        let roles = model.AppGrantees(GrantKind.Relation, table.Oid)
        where roles.Length > 0
        select model.HasTenants(table.Oid)
            ? Found(table.Name, $"{roles} has a privilege on it, its rows belong to the tenants of "
                + $"{string.Join(" or ", model.OwnerKeysOf(table.Oid).Select(key => model.Catalog.Relations[key.Target].Name).Distinct())}, "
                + "and it has no policy.",
                Fix.Review($"ALTER TABLE {table.Name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
                    + $"CREATE POLICY tenant_isolation ON {table.Name} USING ({TableFix.Bounds(model, table)});"))
            : Found(table.Name, $"{roles} has a privilege on it, and it has no column {string.Join(" or ", model.Options.TenantColumns)}.",
                Fix.Review($"REVOKE ALL ON TABLE {table.Name} FROM {roles};"));

    /// <summary>A child table with policies is a matter of these; without any it is open like a table that belongs to nobody.</summary>
    private static bool IsJudged(DatabaseModel model, Relation table) => model.JudgementsOf(table) is { Count: > 0 } judgements
        && (table.RowSecurity || model.PoliciesOf(table).Any() || judgements.All(judgement => judgement.Verdict != PolicyVerdict.Hole));
}
