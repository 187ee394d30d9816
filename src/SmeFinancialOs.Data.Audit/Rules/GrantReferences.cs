namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GrantReferences() : TablePrivilegeRule("REFERENCES")
{
    public override AuditRule Description { get; } = new(
        "grant-references", AuditSeverity.Error,
        "REFERENCES on a tenant table for the app.",
        "A foreign key to the table tells whether a hidden row exists.",
        Docs + "ddl-priv.html");
}
