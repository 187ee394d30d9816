using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginDangerousRole : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-dangerous-role", AuditSeverity.Error,
        "A login in a predefined role that reaches past the database.",
        "Server files, programs, other sessions' statements or every table of the database are open to it.",
        Docs + "predefined-roles.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from login in model.Identities.Logins
        where !login.Superuser
        let roles = model.Identities.MayBecome(login).Where(role => Dangerous.Contains(role.Name)).ToList()
        where roles.Count > 0
        select Found(login.Sql, $"It may use {string.Join(", ", roles.Select(role => role.Name))}.",
            Fix.Review(string.Join('\n', roles.Select(role => RoleFix.Revoke(model, login, role).Sql).Where(sql => sql.Length > 0))));

    private static readonly string[] Dangerous =
    [
        "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_read_all_data", "pg_write_all_data", "pg_maintain",
        "pg_monitor", "pg_read_all_stats", "pg_read_all_settings", "pg_stat_scan_tables", "pg_signal_backend", "pg_create_subscription",
    ];
}
