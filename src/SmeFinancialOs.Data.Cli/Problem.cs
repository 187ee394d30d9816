using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli;

// What every output shows, whichever command found it. File: the migration, relative to the current folder where it lies below it.
internal sealed record Problem(string Rule, AuditSeverity Severity, string Title, string Object, string Message, string Fix, string Fingerprint, Uri? Link, string? File = null)
{
    internal static Problem Of(AuditFinding finding, string? file = null) =>
        new(finding.RuleId, finding.Severity, finding.Rule.Title, finding.ObjectName, finding.Message, finding.Fix, finding.Fingerprint, finding.Rule.Link, file);
}
