using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginMayBecomeAdmin : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-may-become-admin", AuditSeverity.Error,
        "An app login that may become an admin role.",
        "An SQL injection in a tenant's request may, too: set_config('role', .., true) is all it takes.",
        Docs + "sql-set-role.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from login in model.Identities.AppLogins
        where !login.Superuser
        from role in model.Identities.MayBecome(login).Intersect(model.Identities.AdminRoles)
        select Found(login.Sql, $"It may SET ROLE to {role.Sql}. Operators need a login of their own.", RoleFix.Revoke(model, login, role));
}
