using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>Asks every rule and sorts out what an allowance or the baseline knows.</summary>
internal static class RuleRunner
{
    /// <summary>What the guard refuses unless its allowlist names the relation: that it has no policies.</summary>
    private static readonly string[] GuardAllows = ["table-without-tenant-column", "view-without-invoker", "materialized-view-open", "foreign-table-open"];

    internal static AuditReport Run(DatabaseModel model, SchemaAuditOptions options)
    {
        var findings = new List<AuditFinding>();
        var suppressed = new List<AuditSuppression>();
        var byGuard = model.Catalog.GuardAllowances.Where(entry => model.Catalog.Relations.ContainsKey(entry.Relation))
            .ToDictionary(entry => model.Catalog.Relations[entry.Relation].Name, entry => entry.Reason);
        foreach (var finding in OnePerHole(model, [.. RuleRegistry.All.SelectMany(rule => rule.Evaluate(model)).DistinctBy(finding => finding.Fingerprint)])
                     .OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.RuleId, StringComparer.Ordinal)
                     .ThenBy(finding => finding.ObjectName, StringComparer.Ordinal))
        {
            var allowance = options.Allowlist.FirstOrDefault(a => a.ObjectName == finding.ObjectName
                && (a.RuleId == AuditAllowance.EveryRule || a.RuleId == finding.RuleId));
            if (allowance is not null)
                suppressed.Add(new(finding, allowance.Reason));
            else if (GuardAllows.Contains(finding.RuleId) && byGuard.TryGetValue(finding.ObjectName, out var reason))
                suppressed.Add(new(finding, $"the guard's allowlist: {reason}"));
            else if (options.Baseline.Contains(finding.Fingerprint))
                suppressed.Add(new(finding, "known to the baseline"));
            else
                findings.Add(finding);
        }
        return new(findings, suppressed, model);
    }

    /// <summary>Where a rule names the cause of a hole, its finding gets the row that passes, and the hole is no finding of its own.</summary>
    private static List<AuditFinding> OnePerHole(DatabaseModel model, List<AuditFinding> findings)
    {
        foreach (var hole in findings.Where(finding => finding.RuleId == PolicyHole.Id).ToList())
        {
            var judgement = model.Judgements.First(judgement => judgement.Table == hole.ObjectName && judgement.Verdict == PolicyVerdict.Hole);
            var causes = findings.Where(finding => finding != hole && finding.Severity == AuditSeverity.Error
                && (finding.ObjectName == hole.ObjectName || finding.ObjectName == judgement.Role
                    || finding.ObjectName.EndsWith($" on {hole.ObjectName}", StringComparison.Ordinal))).ToList();
            foreach (var cause in causes)
                cause.Witness ??= $"{judgement.Role}: {judgement.Reason}";
            if (causes.Count > 0)
                findings.Remove(hole);
        }
        // A policy that is ORed with others and has a fault of its own is one fault.
        findings.RemoveAll(finding => finding.RuleId == PoliciesOr.Id && finding.Policies.All(policy => findings.Exists(other =>
            other.Severity == AuditSeverity.Error && other.ObjectName == $"{policy} on {finding.ObjectName}")));
        return findings;
    }
}
