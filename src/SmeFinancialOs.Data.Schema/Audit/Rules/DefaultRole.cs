namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class DefaultRole : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "default-role", AuditSeverity.Warning,
        "A role that is set by default.",
        "Every connection starts as that role, also one that skipped the tenant context.",
        Docs + "sql-alterrole.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from setting in scene.Catalog.DefaultSettings
        where setting.Setting.StartsWith("role" + "=", StringComparison.OrdinalIgnoreCase)
        select Found(setting.Owner, $"It starts with {setting.Setting}.", $"ALTER {setting.Owner} RESET {"role"};");
}
