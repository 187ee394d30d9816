namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class LoginReplication : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-replication", AuditSeverity.Error,
        "A login that has or may come by REPLICATION.",
        "It can read every row of every tenant from the write-ahead log.",
        Docs + "role-attributes.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        let role = scene.Identities.MayBecome(login).FirstOrDefault(role => role.Replicates)
        where role is not null
        select Found(login.Sql, role == login ? "It has REPLICATION." : $"It may become {role.Sql}, which has REPLICATION.",
            role == login ? $"ALTER ROLE {login.Sql} NOREPLICATION;" : $"REVOKE {role.Sql} FROM {login.Sql};");
}
