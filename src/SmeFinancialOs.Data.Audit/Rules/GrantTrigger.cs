namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GrantTrigger() : TablePrivilegeRule("TRIGGER")
{
    public override AuditRule Description { get; } = new(
        "grant-trigger", AuditSeverity.Error,
        "TRIGGER on a tenant table for the app.",
        "A trigger of the app's own copies what other tenants write.",
        Docs + "sql-createtrigger.html");
}
