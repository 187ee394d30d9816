namespace SmeFinancialOs.Data.Schema;

/// <summary>What a migration did.</summary>
public sealed class SchemaMigrationResult
{
    internal SchemaMigrationResult(
        IReadOnlyList<string> applied, IReadOnlyList<string> alreadyApplied, IReadOnlyList<string> tablesUpdated,
        IReadOnlyList<OutdatedTable> tablesNotUpdated)
    {
        Applied = applied;
        AlreadyApplied = alreadyApplied;
        UpdatedTables = tablesUpdated;
        OutdatedTables = tablesNotUpdated;
    }

    /// <summary>The names of the scripts that this call applied, in order; empty when there was nothing to do.</summary>
    public IReadOnlyList<string> Applied { get; }

    /// <summary>The names of the scripts that had been applied before, in order.</summary>
    public IReadOnlyList<string> AlreadyApplied { get; }

    /// <summary>The protected tables that were not as this version expects, and are now; each was changed in a transaction of its own.</summary>
    public IReadOnlyList<string> UpdatedTables { get; }

    /// <summary>The protected tables that are not as this version expects, and why they could not be changed. Migrate again once the reason is gone.</summary>
    public IReadOnlyList<OutdatedTable> OutdatedTables { get; }
}
