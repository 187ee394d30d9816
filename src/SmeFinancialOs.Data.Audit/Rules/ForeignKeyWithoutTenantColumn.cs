using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ForeignKeyWithoutTenantColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-key-without-tenant-column", AuditSeverity.Error,
        "A foreign key between tables of tenants' rows that does not carry the tenant.",
        "Checks of foreign keys ignore row-level security: a child may point at another tenant's parent, learn that it exists, and block its deletion.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) => OfTenantTables(model).Concat(OfChildTables(model));

    private IEnumerable<AuditFinding> OfTenantTables(DatabaseModel model) =>
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

    /// <summary>
    /// One foreign key says whose the rows of a child table are. Another one to rows of tenants, or to the table itself, is held to the same tenant by a
    /// policy alone; so is one of a tenant table to a child table. None holds it where no policy names a column of it.
    /// </summary>
    private IEnumerable<AuditFinding> OfChildTables(DatabaseModel model) =>
        from table in model.TenantTables.Concat(model.ChildTables)
        where table.RowSecurity
        let isChild = !model.IsTenantTable(table.Oid)
        let named = model.PoliciesOf(table).SelectMany(policy => policy.Expressions).ToList()
        let keys = model.Catalog.ForeignKeys[table.Oid].Where(key => key.Enforced && model.HasTenants(key.Target) && !model.AreTenants(key.Target)
            && (isChild || !model.IsTenantTable(key.Target))).ToList()
        from key in keys
        where !IsNamed(model, key, named) && (!isChild || keys.Exists(other => IsNamed(model, other, named)))
        select Found(model.NameOf(key), $"A row can refer to another tenant's row of {model.Catalog.Relations[key.Target].Name}: no policy looks at it.",
            Fix.Person("give the child table a tenant column and carry it in its foreign keys, or compare the tenants of both rows in WITH CHECK"));

    private static bool IsNamed(DatabaseModel model, ForeignKey key, List<SqlText> expressions) => model.Catalog.Columns[key.Relation]
        .Any(column => key.Columns.Contains(column.Number) && expressions.Exists(text => text.Has(column.Sql)));

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
