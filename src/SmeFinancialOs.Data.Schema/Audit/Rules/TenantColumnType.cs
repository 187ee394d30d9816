namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class TenantColumnType : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "tenant-column-type", AuditSeverity.Warning,
        "A tenant column of another type than the tenant.",
        "The comparison needs a cast, which costs the index, or the text of the setting can be anything.",
        Docs + "datatype-uuid.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        TypeOfTenant(scene) is not { } type ? [] :
        from table in scene.RootTables
        let column = scene.TenantColumnOf(table)
        where column.Type != type
        let name = Identifier.Quote(column.Name)
        select Found(table.Name, $"{column.Name} is {column.Type}, but a tenant is {type}.", $"ALTER TABLE {table.Name} ALTER COLUMN {name} TYPE {type} USING {name}::{type};");

    // The tenants' own key says it, else the function that reads the setting.
    private static string? TypeOfTenant(AuditScene scene) =>
        scene.Tenants is { } tenants ? scene.TenantColumnOf(tenants).Type : scene.Settings.TypeOf(scene.Policies);
}
