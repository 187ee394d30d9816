namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class ForeignKeyWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-key-without-tenant-column", AuditSeverity.Error,
        "A foreign key between tenant tables that does not carry the tenant.",
        "Checks of foreign keys ignore row-level security: a child may point at another tenant's parent, learn that it exists, and block its deletion.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from key in scene.Catalog.ForeignKeys
        let child = scene.TenantColumnOf(key.Relation)
        let parent = scene.TenantColumnOf(key.Target)
        where child is not null && parent is not null && !(key.Target == scene.Tenants?.Oid && key.Columns.Contains(child.Number))
        where !key.Columns.Zip(key.TargetColumns).Contains((child.Number, parent.Number))
        let table = scene.Catalog.Relations[key.Relation].Name
        let target = scene.Catalog.Relations[key.Target].Name
        select Found($"{Identifier.Quote(key.Name)} on {table}", $"A row can refer to another tenant's row of {target}.",
            $"ALTER TABLE {table} DROP CONSTRAINT {Identifier.Quote(key.Name)}; -- and add it again over ({Identifier.Quote(child.Name)}, ..) REFERENCES {target} ({Identifier.Quote(parent.Name)}, ..)");
}
