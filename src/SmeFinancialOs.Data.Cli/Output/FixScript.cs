using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli.Output;

/// <summary>What <c>sme-data fix</c> prints: a script for psql.</summary>
internal static class FixScript
{
    /// <summary>
    /// Under FORCE the owner of a table sees no row, and would validate a foreign key that rows violate. With this the statement fails instead.
    /// </summary>
    internal const string SeeAllRows = "SET LOCAL row_security = off;";

    /// <summary>isMigration: for a migration tool, which has a transaction of its own.</summary>
    internal static void Print(AuditReport report, IReadOnlyList<AuditFinding> findings, FixProofReport? proof, bool all, bool isMigration)
    {
        var safe = report.Fixes.Where(fix => fix.IsSafe).ToList();
        Console.WriteLine($"-- {findings.Count} findings; " + (proof is null
            ? $"{safe.Count} fixes that the rules take for safe, unproved: try them with a folder of migrations or --proof-database"
            : $"{proof.Proved.Count} fixes proved, {proof.Unproved.Count} unproved"));
        var printed = proof?.Proved ?? safe;
        if (printed.Count > 0)
            Console.WriteLine($"{(isMigration ? "SET row_security = off;" : $"BEGIN;\n{SeeAllRows}")}"
                + " -- a foreign key that is validated by whoever does not see all rows fails");
        foreach (var fix in printed)
            Print(fix, "", isComment: false);
        if (printed.Count > 0)
            Console.WriteLine(isMigration ? "\nRESET row_security;" : "\nCOMMIT;");
        foreach (var fix in proof?.Unproved ?? [])
            Print(fix.Fix, $"\n-- unproved: {fix.Reason}", isComment: true);
        var shown = printed.Concat(proof?.Unproved.Select(fix => fix.Fix) ?? []).SelectMany(fix => fix.Findings).Select(finding =>
            finding.Fingerprint).ToHashSet();
        foreach (var finding in findings.Where(finding => all && !shown.Contains(finding.Fingerprint)))
            Console.WriteLine($"\n-- {finding.RuleId} {finding.ObjectName}: {finding.Message}\n{Commented(finding.Fix)}");
    }

    private static void Print(SchemaFix fix, string note, bool isComment)
    {
        foreach (var finding in fix.Findings)
            Console.Write($"\n-- {finding.RuleId} {finding.ObjectName}: {finding.Message}");
        Console.WriteLine($"{note}\n{(isComment ? Commented(fix.Sql) : fix.Sql)}");
    }

    private static string Commented(string sql) => "-- " + sql.Replace("\n", "\n-- ", StringComparison.Ordinal);
}
