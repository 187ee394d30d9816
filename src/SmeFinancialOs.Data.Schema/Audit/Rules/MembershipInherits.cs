namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class MembershipInherits : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "membership-inherits", AuditSeverity.Error,
        "A login that inherits what it should SET ROLE to.",
        "A connection that skipped the tenant context acts with the role's privileges and policies all the same.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        from role in scene.Identities.Inherited(login).Intersect(scene.Identities.TenantRoles.Concat(scene.Identities.AdminRoles))
        select Found(login.Sql, $"It inherits from {role.Sql}.", scene.StopInheriting(role, login));
}
