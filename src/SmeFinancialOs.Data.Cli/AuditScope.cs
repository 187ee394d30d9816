using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli;

/// <summary>How much an audit looked at, which stands behind every verdict.</summary>
internal static class AuditScope
{
    /// <param name="report">Of an audit, or of the finished schema of a lint.</param>
    /// <param name="isEvaluated">False where policies were judged by their text alone.</param>
    internal static string Of(AuditReport report, bool isEvaluated = true)
    {
        var verdicts = report.Judgements.CountBy(judgement => judgement.Verdict).ToDictionary();
        var judged = string.Join(", ", new[] { (PolicyVerdict.Safe, "safe"), (PolicyVerdict.Closed, "closed"), (PolicyVerdict.Hole, "with a hole"),
            (PolicyVerdict.NotJudged, "not judged") }.Select(item => $"{verdicts.GetValueOrDefault(item.Item1)} {item.Item2}"));
        return string.Join("; ",
        [
            $"{report.RuleCount} rules", $"{report.TenantTableCount} of {report.TableCount} tables are tenant tables"
                + (report.ChildTableCount > 0 ? $", {report.ChildTableCount} through their parents" : ""),
            $"roles examined: {string.Join(", ", report.Roles)}",
            isEvaluated ? $"policies by table and role: {judged}" : "policies: not evaluated", .. report.Unread.Select(item => $"not read: {item}"),
        ]);
    }

    internal static bool IsJudged(AuditReport report) => report.Judgements.All(judgement => judgement.Verdict != PolicyVerdict.NotJudged);
}
