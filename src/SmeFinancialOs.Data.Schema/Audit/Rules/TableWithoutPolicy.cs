namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class TableWithoutPolicy : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-without-policy", AuditSeverity.Warning,
        "A tenant table with row-level security and no policy.",
        "Nobody but a bypassing role sees a row, and the usual cure in a hurry is to switch row-level security off.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.RootTables
        where table.RowSecurity && !scene.PoliciesOf(table).Any(policy => policy.Policy.Permissive)
        let column = Identifier.Quote(scene.TenantColumnOf(table).Name)
        let setting = $"(SELECT NULLIF(current_setting({Identifier.Literal(scene.Options.TenantSetting)}, true), '')::{scene.TenantColumnOf(table).Type})"
        select Found(table.Name, "No permissive policy lets a row through.", $"CREATE POLICY tenant_isolation ON {table.Name} USING ({column} = {setting});");
}
