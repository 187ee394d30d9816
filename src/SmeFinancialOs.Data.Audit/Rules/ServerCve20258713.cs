namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ServerCve20258713() : ServerCveRule("CVE-2025-8713", (15, 14), (16, 10), (17, 6))
{
    public override AuditRule Description { get; } = new(
        "server-cve-2025-8713", AuditSeverity.Warning,
        "A server whose statistics leak rows.",
        "A leaky operator of the caller sees sampled rows of views, partitions and children that the policies hide.",
        "https://www.postgresql.org/support/security/CVE-2025-8713/");
}
