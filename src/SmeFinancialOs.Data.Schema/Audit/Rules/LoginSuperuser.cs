namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class LoginSuperuser : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-superuser", AuditSeverity.Error,
        "A login that is or may become a superuser.",
        "Superusers are never bound by row-level security, FORCE or not.",
        Docs + "role-attributes.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        let role = scene.Identities.MayBecome(login).FirstOrDefault(role => role.Superuser)
        where role is not null
        select Found(login.Sql, role == login ? "It is a superuser." : $"It may become {role.Sql}, which is a superuser.",
            role == login ? $"ALTER ROLE {login.Sql} NOSUPERUSER;" : $"REVOKE {role.Sql} FROM {login.Sql};");
}
