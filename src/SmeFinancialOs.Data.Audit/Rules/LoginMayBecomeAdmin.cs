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

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.AppLogins
        where !login.Superuser
        from role in scene.Identities.MayBecome(login).Intersect(scene.Identities.AdminRoles)
        select Found(login.Sql, $"It may SET ROLE to {role.Sql}. Operators need a login of their own.", RoleFix.Revoke(scene, login, role));
}
