namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class RowSecurityOff : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "row-security-off", AuditSeverity.Warning,
        "row_security off by default.",
        "Queries on protected tables fail for the app, and run unfiltered for a role that bypasses.",
        Docs + "sql-alterrole.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from setting in scene.Catalog.DefaultSettings
        where setting.Setting.StartsWith("row_security" + "=", StringComparison.OrdinalIgnoreCase) && !setting.Setting.EndsWith("=on", StringComparison.OrdinalIgnoreCase)
        select Found(setting.Owner, $"It starts with {setting.Setting}.", $"ALTER {setting.Owner} RESET {"row_security"};");
}
