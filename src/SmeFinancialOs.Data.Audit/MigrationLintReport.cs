namespace SmeFinancialOs.Data.Audit;

/// <summary>What a folder of migrations amounts to.</summary>
public sealed class MigrationLintReport
{
    internal MigrationLintReport(IReadOnlyList<MigrationLintFinding> findings, IReadOnlyList<AuditSuppression> suppressed,
        IReadOnlyList<string> applied, IReadOnlyList<string> skipped, Version serverVersion)
    {
        Findings = findings;
        Suppressed = suppressed;
        Applied = applied;
        Skipped = skipped;
        ServerVersion = serverVersion;
    }

    /// <summary>The faults that the migrations brought and did not mend, the worst first. What an empty database has already is no fault of theirs.</summary>
    public IReadOnlyList<MigrationLintFinding> Findings { get; }

    /// <summary>What an allowance or the baseline left out.</summary>
    public IReadOnlyList<AuditSuppression> Suppressed { get; }

    /// <summary>The files that ran, in order, relative to the folder, with forward slashes.</summary>
    public IReadOnlyList<string> Applied { get; }

    /// <summary>The SQL files that did not run, because they undo or verify others.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; }
}
