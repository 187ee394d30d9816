using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ForeignKeyWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-key-without-tenant-column", AuditSeverity.Error,
        "A foreign key between tenant tables that does not carry the tenant.",
        "Checks of foreign keys ignore row-level security: a child may point at another tenant's parent, learn that it exists, and block its deletion.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from key in scene.Catalog.ForeignKeys.SelectMany(keys => keys)
        let child = scene.TenantColumnOf(key.Relation)
        let parent = scene.TenantColumnOf(key.Target)
        where child is not null && parent is not null && !(key.Target == scene.Tenants?.Oid && key.Columns.Contains(child.Number))
        where !key.Columns.Zip(key.TargetColumns).Contains((child.Number, parent.Number))
        select Found(scene.NameOf(key), $"A row can refer to another tenant's row of {scene.Catalog.Relations[key.Target].Name}.",
            key.Columns.Contains(child.Number) || key.TargetColumns.Contains(parent.Number)
                ? Fix.Person($"it compares {child.Name} with another column than {parent.Name}")
                : KeyFix.Carry(scene, key));
}
