namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class LoginBypassrls : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-bypassrls", AuditSeverity.Error,
        "A login that has or may come by BYPASSRLS.",
        "No policy is asked for such a role.",
        Docs + "role-attributes.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        let role = scene.Identities.MayBecome(login).FirstOrDefault(role => role.BypassesRls)
        where role is not null
        select Found(login.Sql, role == login ? "It has BYPASSRLS." : $"It may become {role.Sql}, which has BYPASSRLS.",
            role == login ? $"ALTER ROLE {login.Sql} NOBYPASSRLS;" : $"REVOKE {role.Sql} FROM {login.Sql};");
}
