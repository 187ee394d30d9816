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

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from key in model.Catalog.ForeignKeys.SelectMany(keys => keys)
        let child = model.TenantColumnOf(key.Relation)
        let parent = model.TenantColumnOf(key.Target)
        where child is not null && parent is not null && !(key.Target == model.Tenants?.Oid && key.Columns.Contains(child.Number))
        where !key.Columns.Zip(key.TargetColumns).Contains((child.Number, parent.Number))
        select Found(model.NameOf(key), $"A row can refer to another tenant's row of {model.Catalog.Relations[key.Target].Name}.",
            key.Columns.Contains(child.Number) || key.TargetColumns.Contains(parent.Number)
                ? Fix.Person($"it compares {child.Name} with another column than {parent.Name}")
                : KeyFix.Carry(model, key));
}
