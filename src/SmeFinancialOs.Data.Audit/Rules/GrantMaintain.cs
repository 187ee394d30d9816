namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GrantMaintain() : TablePrivilegeRule("MAINTAIN")
{
    public override AuditRule Description { get; } = new(
        "grant-maintain", AuditSeverity.Warning,
        "MAINTAIN on a tenant table for the app.",
        "VACUUM FULL, CLUSTER and LOCK TABLE of one tenant stop all the others.",
        Docs + "ddl-priv.html");
}
