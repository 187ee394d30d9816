using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginBypassrls : LoginAttributeRule
{
    public override AuditRule Description { get; } = new(
        "login-bypassrls", AuditSeverity.Error,
        "A login that has or may come by BYPASSRLS.",
        "No policy is asked for such a role.",
        Docs + "role-attributes.html");

    protected override string Attribute => "BYPASSRLS";

    protected override bool Has(Role role) => role.BypassesRls;
}
