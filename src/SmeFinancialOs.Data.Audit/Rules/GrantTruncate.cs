namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GrantTruncate() : TablePrivilegeRule("TRUNCATE")
{
    public override AuditRule Description { get; } = new(
        "grant-truncate", AuditSeverity.Error,
        "TRUNCATE on a tenant table for the app.",
        "TRUNCATE asks no policy: one tenant empties the table of all.",
        Docs + "sql-truncate.html");
}
