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
            fixes.Add(new(Join(alike), alike));
        }
        return WithoutNeedlessIndexes(fixes);
    }

    /// <summary>The findings that one fix mends: of the same policy, with the same SQL, or foreign keys that want the same new key of their parent.</summary>
    private static IEnumerable<AuditFinding> Alike(AuditFinding finding, List<AuditFinding> all)
    {
        if (finding.Rewrite is { } rewrite)
        {
            return all.Where(other => other.Rewrite is { } more && more.Policy == rewrite.Policy && other.IsFixSafe == finding.IsFixSafe)
                .OrderBy(other => Array.IndexOf(Order, other.RuleId));
        }

        var key = NewKeyLine(finding);
        return all.Where(other => other.Fix == finding.Fix
            || (key is not null && other.IsFixSafe == finding.IsFixSafe && NewKeyLine(other) == key));
    }

    private static string Join(List<AuditFinding> alike)
    {
        if (alike.Select(finding => finding.Rewrite).OfType<PolicyRewrite>().ToList() is { Count: > 0 } rewrites)
            return PolicyRewrite.Alter(rewrites);
        // The key is made once, by the first.
        var key = NewKeyLine(alike[0]);
        return string.Join('\n', alike.Select(finding => finding.Fix).Distinct()
            .Select((fix, i) => i == 0 ? fix : string.Join('\n', fix.Split('\n').Where(line => line != key))));
    }

    private static string? NewKeyLine(AuditFinding finding) => Array.Find(finding.Fix.Split('\n'), line => NewKey().IsMatch(line));

    private static List<SchemaFix> WithoutNeedlessIndexes(List<SchemaFix> fixes)
    {
        var keys = fixes.SelectMany(fix => NewKey().Matches(fix.Sql)).Select(match => (match.Groups["table"].Value, match.Groups["column"].Value)).ToHashSet();
        return fixes.FindAll(fix => NewIndex().Match(fix.Sql) is not { Success: true } index
            || !keys.Contains((index.Groups["table"].Value, index.Groups["column"].Value)));
    }

    [GeneratedRegex(@"^ALTER TABLE (?<table>\S+) ADD UNIQUE \((?<column>[^,)]+)", RegexOptions.Multiline)]
    private static partial Regex NewKey();

    [GeneratedRegex(@"^CREATE INDEX ON (?<table>\S+) \((?<column>[^,)]+)\);$")]
    private static partial Regex NewIndex();
}
