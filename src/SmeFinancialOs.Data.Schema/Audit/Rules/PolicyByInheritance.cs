namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyByInheritance : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-by-inheritance", AuditSeverity.Error,
        "A policy that reaches a login by inheritance.",
        "A policy TO a role holds for whoever inherits from it, without SET ROLE: the admin's policy opens every row to the login.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.Policy.Permissive && !policy.ConcernsPublic && policy.TenantColumn is not null && !policy.IsTenant(policy.CheckOrUsing)
        let login = scene.Identities.Logins.FirstOrDefault(login => scene.Identities.Inherited(login).Any(role => policy.Policy.Roles.Contains(role.Oid)))
        where login is not null
        let role = scene.Identities.Inherited(login).First(role => policy.Policy.Roles.Contains(role.Oid))
        select Found(policy.Name, $"{login.Sql} inherits {role.Sql}.", scene.StopInheriting(role, login));
}
