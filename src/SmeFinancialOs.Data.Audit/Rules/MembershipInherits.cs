using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class MembershipInherits : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "membership-inherits", AuditSeverity.Error,
        "A login that inherits what it should SET ROLE to.",
        "A connection that skipped the tenant context acts with the role's privileges and policies all the same.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        let roles = scene.Identities.Inherited(login).Intersect(scene.Identities.TenantRoles.Concat(scene.Identities.AdminRoles)).ToList()
        where roles.Count > 0
        select Found(login.Sql, $"It inherits from {string.Join(", ", roles.Select(role => role.Sql))}.",
            Fix.Review(string.Join('\n', roles.SelectMany(role => RoleFix.StopInheriting(scene, role, login).Sql.Split('\n')).Distinct())));
}
