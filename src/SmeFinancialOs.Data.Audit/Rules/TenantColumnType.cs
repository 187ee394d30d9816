using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TenantColumnType : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "tenant-column-type", AuditSeverity.Warning,
        "A tenant column of another type than the tenant.",
        "The comparison needs a cast, which costs the index, or the text of the setting can be anything.",
        Docs + "datatype-uuid.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables
        let column = model.TenantColumnOf(table)
        let type = TypeOfTenant(model, table)
        where type is not null && column.BaseType != type
        select Found(table.Name, $"{column.Name} is {column.Type}, but a tenant is {type}.", Change(model, table, column, type));

    /// <summary>The tenants' own key says it, else the function that reads the setting.</summary>
    private static string? TypeOfTenant(DatabaseModel model, Relation table) => model.TenantsOf(table) is { } tenants ? model.TenantColumnOf(tenants).BaseType
        : model.Context.LevelCount == 1 ? model.Settings.TypeOf(model.Policies) : null;

    /// <summary>PostgreSQL refuses to change a column that a policy or a key of another type rests on.</summary>
    private static Fix Change(DatabaseModel model, Relation table, Column column, string type)
    {
        var alter = $"ALTER TABLE {table.Name} ALTER COLUMN {column.Sql} TYPE {type} USING {column.Sql}::{type};";
        return model.PoliciesOf(table).Any() || model.Catalog.ForeignKeys[table.Oid].Any(key => key.Columns.Contains(column.Number))
            || model.Catalog.ForeignKeys.SelectMany(keys => keys).Any(key => key.Target == table.Oid && key.TargetColumns.Contains(column.Number))
            ? Fix.Person($"drop the policies and keys that rest on {column.Sql}, then: {alter}")
            : Fix.Review(alter);
    }
}
