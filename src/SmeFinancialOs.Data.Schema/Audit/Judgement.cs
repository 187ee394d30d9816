namespace SmeFinancialOs.Data.Schema.Audit;

// Asks every rule and sorts out what an allowance or the baseline knows.
internal static class Judgement
{
    internal static AuditReport Of(AuditScene scene, SchemaAuditOptions options)
    {
        var findings = new List<AuditFinding>();
        var suppressed = new List<AuditSuppression>();
        foreach (var finding in RuleBook.All.SelectMany(rule => rule.Judge(scene)).DistinctBy(finding => finding.Fingerprint)
                     .OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.RuleId, StringComparer.Ordinal)
                     .ThenBy(finding => finding.ObjectName, StringComparer.Ordinal))
        {
            var allowance = options.Allowlist.FirstOrDefault(a => a.ObjectName == finding.ObjectName && (a.RuleId == AuditAllowance.EveryRule || a.RuleId == finding.RuleId));
            if (allowance is not null)
                suppressed.Add(new(finding, allowance.Reason));
            else if (options.Baseline.Contains(finding.Fingerprint))
                suppressed.Add(new(finding, "known to the baseline"));
            else
                findings.Add(finding);
        }
        return new(findings, suppressed, scene.Catalog.ServerVersion);
    }
}
