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
        where child is not null && parent is not null && !(model.AreTenants(key.Target) && key.Columns.Contains(child.Number))
        let carried = CarriedColumn(model, key)
        where carried is null || !key.Columns.Zip(key.TargetColumns).Contains((carried.Number, parent.Number))
        select Found(model.NameOf(key), $"A row can refer to another tenant's row of {model.Catalog.Relations[key.Target].Name}.",
            key.Columns.Contains(child.Number) || key.TargetColumns.Contains(parent.Number)
                ? Fix.Person($"it compares {child.Name} with another column than {parent.Name}")
                : carried == child ? KeyFix.Carry(model, key) : Fix.Person($"carry the column of {parent.Name} in both keys"));

    /// <summary>The child's column of the level that the parent is of; null when it has none.</summary>
    private static Column? CarriedColumn(DatabaseModel model, ForeignKey key)
    {
        var (child, parent) = (model.Catalog.Relations[key.Relation], model.Catalog.Relations[key.Target]);
        var level = model.LevelOf(parent);
        return model.LevelOf(child) == level ? model.TenantColumnOf(child)
            : model.Catalog.Columns[child.Oid].FirstOrDefault(column => model.Options.TenantColumns.Contains(column.Name)
                && model.Context.LevelOf(column.Name) == level);
    }
}
