using System.Security.Cryptography;
using System.Text;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli;

/// <summary>
/// What every output shows, whichever command found it. File: the migration, below the folder that was given. Statement: what got through a probe.
/// </summary>
internal sealed record Problem(string Rule, AuditSeverity Severity, string Title, string Object, string Message, string Fingerprint)
{
    public string? Fix { get; init; }

    public string? Statement { get; init; }

    public string? File { get; init; }

    /// <summary>Of the file, from 1; null where no line is at fault.</summary>
    public int? Line { get; init; }

    /// <summary>Whether the fix can be applied without asking anybody; null where there is none.</summary>
    public bool? IsFixSafe { get; init; }

    /// <summary>A row that was seen to pass.</summary>
    public string? Witness { get; init; }

    public Uri? Link { get; init; }

    /// <summary>The SQL that a reader wants to see.</summary>
    public string Sql => Statement ?? Fix ?? "";

    internal static Problem Of(AuditFinding finding, string? file = null) =>
        new(finding.RuleId, finding.Severity, finding.Rule.Title, finding.ObjectName, finding.Message, finding.Fingerprint)
        {
            Fix = finding.Fix,
            IsFixSafe = finding.IsFixSafe,
            Witness = finding.Witness,
            File = file,
            Link = finding.Rule.Link
        };

    internal static Problem Of(IsolationBreach breach) =>
        new(IsolationProbe.BreachRule, AuditSeverity.Error, "A statement by which one tenant reached another's rows.", breach.ObjectName,
            $"{breach.Attack} as {breach.Role}: {breach.Message}",
            FingerprintOf(IsolationProbe.BreachRule, breach.ObjectName, breach.Role, string.Join(',', breach.Attacks.Order(StringComparer.Ordinal))))
        { Statement = breach.Statement };

    internal static Problem Of(IsolationKeyOracle oracle) =>
        new(IsolationProbe.KeyOracleRule, AuditSeverity.Warning, "A unique key that tells of another tenant's values. No row was reached.", oracle.ObjectName,
            $"{oracle.Role}: {oracle.Message}", FingerprintOf(IsolationProbe.KeyOracleRule, oracle.ObjectName, oracle.Role))
        { Statement = oracle.Statement };

    internal static Problem Of(SkippedObject skipped) =>
        new(IsolationProbe.NotProbedRule, AuditSeverity.Warning, "An object of which nobody knows whether it is safe.", skipped.ObjectName, skipped.Reason,
            FingerprintOf(IsolationProbe.NotProbedRule, skipped.ObjectName));

    internal static Problem Of(MigrationLintError error, string file) =>
        new("migration-failed", AuditSeverity.Error, "A statement of a migration that did not run.", $"line {error.Line}", error.Message,
            FingerprintOf("migration-failed", error.Migration, error.Message))
        { File = file, Line = error.Line };

    internal static Problem NotEvaluated(string reason) =>
        new("policies-not-evaluated", AuditSeverity.Warning, "Policies of which nobody knows what they let through.", "policies", reason,
            FingerprintOf("policies-not-evaluated"));

    internal static Problem Of(SchemaChange change)
    {
        var (name, severity, title) = change.Class switch
        {
            SchemaChangeClass.Dangerous => ("dangerous", AuditSeverity.Error, "A change that opens a way to another tenant's rows."),
            SchemaChangeClass.Breaking => ("breaking", AuditSeverity.Warning, "A change after which the app may do less."),
            SchemaChangeClass.NeedsReview => ("review", AuditSeverity.Warning, "A change that a person has to look at."),
            _ => ("safe", AuditSeverity.Info, "A change that is safe by proof, or closes a hole."),
        };
        var what = (change.Before, change.After) switch
        {
            (null, null) => "",
            (null, var after) => $"new: {after}. ",
            (var before, null) => $"gone: {before}. ",
            var (before, after) => $"{before} -> {after}. ",
        };
        return new($"drift-{name}", severity, title, change.ObjectName, $"{what}{change.Reason}",
            FingerprintOf($"drift-{name}", change.ObjectName, change.Before ?? "", change.After ?? ""));
    }

    private static string FingerprintOf(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 8));
}
