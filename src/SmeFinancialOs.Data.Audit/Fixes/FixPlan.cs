using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>
/// Makes the fixes of many findings into SQL that can run in this order: one ALTER for each policy, no statement twice, no index beside a key that leads with
/// the same column.
/// </summary>
internal static partial class FixPlan
{
    /// <summary>
    /// In this order where they change the same policy: what replaces a part of an expression comes before what writes that part in another way.
    /// </summary>
    private static readonly string[] Order =
        ["policy-or-null", "policy-casts-column", "policy-check-loose", "setting-without-missing-ok", "setting-without-nullif", "setting-unwrapped"];

    /// <param name="findings">Those whose fixes are wanted. A fix that only a person can make is left out.</param>
    internal static IReadOnlyList<SchemaFix> Of(IEnumerable<AuditFinding> findings)
    {
        var all = findings.Where(finding => !finding.Fix.StartsWith("--", StringComparison.Ordinal)).ToList();
        var fixes = new List<SchemaFix>();
        var merged = new HashSet<AuditFinding>();
        foreach (var finding in all.Where(finding => !merged.Contains(finding)))
        {
            var alike = Alike(finding, all).ToList();
            merged.UnionWith(alike);
            var rewrites = alike.Select(other => other.Rewrite).OfType<PolicyRewrite>().ToList();
            fixes.Add(new(rewrites.Count > 1 ? PolicyRewrite.Alter(rewrites) : finding.Fix, alike));
        }
        return WithoutRepetition(fixes);
    }

    /// <summary>The findings that one fix mends: of the same policy, or with the same SQL.</summary>
    private static IEnumerable<AuditFinding> Alike(AuditFinding finding, List<AuditFinding> all) => finding.Rewrite is { } rewrite
        ? all.Where(other => other.Rewrite is { } more && more.Policy == rewrite.Policy && other.IsFixSafe == finding.IsFixSafe)
            .OrderBy(other => Array.IndexOf(Order, other.RuleId))
        : all.Where(other => other.Fix == finding.Fix);

    /// <summary>Two foreign keys may want the same key of their parent.</summary>
    private static List<SchemaFix> WithoutRepetition(List<SchemaFix> fixes)
    {
        var keys = fixes.SelectMany(fix => NewKey().Matches(fix.Sql)).Select(match => (match.Groups["table"].Value, match.Groups["column"].Value)).ToHashSet();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<SchemaFix>();
        foreach (var fix in fixes)
        {
            if (NewIndex().Match(fix.Sql) is { Success: true } index && keys.Contains((index.Groups["table"].Value, index.Groups["column"].Value)))
                continue;
            var lines = fix.Sql.Split('\n').Where(line => !NewKey().IsMatch(line) || seen.Add(line)).ToList();
            kept.Add(new(string.Join('\n', lines), fix.Findings));
        }
        return kept;
    }

    [GeneratedRegex(@"^ALTER TABLE (?<table>\S+) ADD UNIQUE \((?<column>[^,)]+)", RegexOptions.Multiline)]
    private static partial Regex NewKey();

    [GeneratedRegex(@"^CREATE INDEX ON (?<table>\S+) \((?<column>[^,)]+)\);$")]
    private static partial Regex NewIndex();
}
