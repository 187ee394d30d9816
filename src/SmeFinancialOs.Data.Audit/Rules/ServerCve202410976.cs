namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ServerCve202410976() : ServerCveRule("CVE-2024-10976", (15, 9), (16, 5), (17, 1))
{
    public override AuditRule Description { get; } = new(
        "server-cve-2024-10976", AuditSeverity.Error,
        "A server that reuses plans across a change of role.",
        "Row-level security below sub-queries disregards a change of role: a plan of one role runs for another.",
        "https://www.postgresql.org/support/security/CVE-2024-10976/");
}
