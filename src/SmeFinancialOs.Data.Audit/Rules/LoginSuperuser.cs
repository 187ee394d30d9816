using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginSuperuser : LoginAttributeRule
{
    public override AuditRule Description { get; } = new(
        "login-superuser", AuditSeverity.Error,
        "A login that is or may become a superuser.",
        "Superusers are never bound by row-level security, FORCE or not.",
        Docs + "role-attributes.html");

    protected override string Attribute => "SUPERUSER";

    protected override bool Has(Role role) => role.Superuser;
}
