namespace SmeFinancialOs.Data.Audit;

/// <summary>Which fixes were shown to be safe in a database that was made from a folder of migrations.</summary>
public sealed class MigrationFixReport
{
    internal MigrationFixReport(AuditReport audit, IReadOnlyList<AuditFinding> findings, FixProofReport proof) =>
        (Audit, Findings, Proof) = (audit, findings, proof);

    /// <summary>Of the audited database; of the throwaway database where none was named.</summary>
    public AuditReport Audit { get; }

    /// <summary>The findings of the audited database; or those that the folder brings, where none was named.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; }

    /// <summary>What was shown.</summary>
    public FixProofReport Proof { get; }
}
