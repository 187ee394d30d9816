using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class RowSecurityOff : DefaultSettingRule
{
    public override AuditRule Description { get; } = new(
        "row-security-off", AuditSeverity.Warning,
        "row_security off by default.",
        "Queries on protected tables fail for the app, and run unfiltered for a role that bypasses.",
        Docs + "sql-alterrole.html");

    protected override string NameOf(AuditScene scene) => "row_security";

    protected override bool IsHarmless(DefaultSetting setting) => setting.Setting.EndsWith("=on", StringComparison.OrdinalIgnoreCase);
}
