using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginCreaterole : LoginAttributeRule
{
    public override AuditRule Description { get; } = new(
        "login-createrole", AuditSeverity.Error,
        "A login that has or may come by CREATEROLE.",
        "It can make itself a member of other roles; up to 15 of any that is no superuser.",
        Docs + "role-attributes.html");

    protected override string Attribute => "CREATEROLE";

    protected override bool Has(Role role) => role.CreatesRoles;
}
