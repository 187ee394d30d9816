using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefaultRole : DefaultSettingRule
{
    public override AuditRule Description { get; } = new(
        "default-role", AuditSeverity.Warning,
        "A role that is set by default.",
        "Every connection starts as that role, also one that skipped the tenant context.",
        Docs + "sql-alterrole.html");

    protected override bool IsNeeded => true;

    protected override string NameOf(AuditScene scene) => "role";
}
