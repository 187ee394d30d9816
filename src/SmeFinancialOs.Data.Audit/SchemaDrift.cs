namespace SmeFinancialOs.Data.Audit;

/// <summary>How one snapshot of a schema differs from another.</summary>
public sealed class SchemaDrift
{
    internal SchemaDrift(IReadOnlyList<SchemaChange> changes, IReadOnlyList<string> notes, bool isComplete) =>
        (Changes, Notes, IsComplete) = (changes, notes, isComplete);

    /// <summary>The changes, the worst first.</summary>
    public IReadOnlyList<SchemaChange> Changes { get; }

    /// <summary>What limits the comparison.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Whether both snapshots have all that they should. If not, no change is called safe, and a change says what is missing.</summary>
    public bool IsComplete { get; }
}
