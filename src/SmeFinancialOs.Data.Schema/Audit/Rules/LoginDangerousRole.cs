namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class LoginDangerousRole : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-dangerous-role", AuditSeverity.Error,
        "A login in a predefined role that reaches past the database.",
        "Server files, programs, other sessions' statements or every table of the database are open to it.",
        Docs + "predefined-roles.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        where !login.Superuser
        let role = scene.Identities.MayBecome(login).FirstOrDefault(role => Dangerous.Contains(role.Name))
        where role is not null
        select Found(login.Sql, $"It may use {role.Name}.", $"REVOKE {role.Sql} FROM {login.Sql};");

    private static readonly string[] Dangerous =
    [
        "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_read_all_data", "pg_write_all_data", "pg_maintain",
        "pg_monitor", "pg_read_all_stats", "pg_read_all_settings", "pg_stat_scan_tables", "pg_signal_backend", "pg_create_subscription",
    ];
}
