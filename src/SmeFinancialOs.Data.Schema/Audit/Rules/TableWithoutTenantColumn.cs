using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class TableWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-without-tenant-column", AuditSeverity.Error,
        "A table the app may touch that says not whose rows they are.",
        "Every tenant reads the same rows. Reference data belongs on the allowlist, with the reason.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.Catalog.Relations.Values
        where table.IsTable && !table.Temporary && !scene.IsTenantTable(table.Oid) && scene.AppGrants(GrantKind.Relation, table.Oid).Any()
        let role = scene.Identities.NameOf(scene.AppGrants(GrantKind.Relation, table.Oid).First().Grantee)
        select Found(table.Name, $"{role} has a privilege on it, and it has no column {scene.Options.TenantColumn}.",
            $"REVOKE ALL ON TABLE {table.Name} FROM {role};");
}
