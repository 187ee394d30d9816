namespace SmeFinancialOs.Data.Schema;

/// <summary>What a migration did.</summary>
public sealed class SchemaMigrationResult
{
    internal SchemaMigrationResult(IReadOnlyList<string> applied, IReadOnlyList<string> alreadyApplied)
    {
        Applied = applied;
        AlreadyApplied = alreadyApplied;
    }

    /// <summary>The names of the scripts that this call applied, in order; empty when there was nothing to do.</summary>
    public IReadOnlyList<string> Applied { get; }

    /// <summary>The names of the scripts that had been applied before, in order.</summary>
    public IReadOnlyList<string> AlreadyApplied { get; }
}
