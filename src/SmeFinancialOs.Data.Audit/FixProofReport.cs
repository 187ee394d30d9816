namespace SmeFinancialOs.Data.Audit;

/// <summary>Which fixes were shown to be safe.</summary>
public sealed class FixProofReport
{
    internal FixProofReport(IReadOnlyList<SchemaFix> proved, IReadOnlyList<UnprovedFix> unproved) => (Proved, Unproved) = (proved, unproved);

    /// <summary>
    /// In the order in which they were tried together; also those of findings that come to light behind others. They belong into one transaction.
    /// </summary>
    public IReadOnlyList<SchemaFix> Proved { get; }

    /// <summary>The others that a rule takes for safe.</summary>
    public IReadOnlyList<UnprovedFix> Unproved { get; }
}
