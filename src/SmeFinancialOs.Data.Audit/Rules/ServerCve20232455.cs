namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ServerCve20232455() : ServerCveRule("CVE-2023-2455", (15, 3))
{
    public override AuditRule Description { get; } = new(
        "server-cve-2023-2455", AuditSeverity.Error,
        "A server that applies the policies of the wrong role after inlining.",
        "Policies of the role that planned a function hold where another role runs it.",
        "https://www.postgresql.org/support/security/CVE-2023-2455/");
}
