using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefaultTenant : DefaultSettingRule
{
    public override AuditRule Description { get; } = new(
        "default-tenant", AuditSeverity.Error,
        "A tenant that is set by default.",
        "Every query that forgot its tenant acts as this one instead of seeing nothing, and RESET brings it back.",
        Docs + "sql-alterrole.html");

    protected override string NameOf(AuditScene scene) => scene.Options.TenantSetting;
}
