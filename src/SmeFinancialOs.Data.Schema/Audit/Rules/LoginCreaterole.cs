namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class LoginCreaterole : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-createrole", AuditSeverity.Error,
        "A login that has or may come by CREATEROLE.",
        "It can make itself a member of other roles; up to 15 of any that is no superuser.",
        Docs + "role-attributes.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        let role = scene.Identities.MayBecome(login).FirstOrDefault(role => role.CreatesRoles)
        where role is not null
        select Found(login.Sql, role == login ? "It has CREATEROLE." : $"It may become {role.Sql}, which has CREATEROLE.",
            role == login ? $"ALTER ROLE {login.Sql} NOCREATEROLE;" : $"REVOKE {role.Sql} FROM {login.Sql};");
}
