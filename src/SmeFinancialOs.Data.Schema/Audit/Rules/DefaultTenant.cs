namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class DefaultTenant : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "default-tenant", AuditSeverity.Error,
        "A tenant that is set by default.",
        "Every query that forgot its tenant acts as this one instead of seeing nothing, and RESET brings it back.",
        Docs + "sql-alterrole.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from setting in scene.Catalog.DefaultSettings
        where setting.Setting.StartsWith(scene.Options.TenantSetting + "=", StringComparison.OrdinalIgnoreCase)
        select Found(setting.Owner, $"It starts with {setting.Setting}.", $"ALTER {setting.Owner} RESET {scene.Options.TenantSetting};");
}
