namespace SmeFinancialOs.Data.Schema;

/// <summary>A protected table that a migration could not bring to the policies and privileges that this version expects.</summary>
public sealed class OutdatedTable
{
    internal OutdatedTable(string table, string faults, string reason) => (Table, Faults, Reason) = (table, faults, reason);

    /// <summary>Its name, with the schema.</summary>
    public string Table { get; }

    /// <summary>What is not as expected.</summary>
    public string Faults { get; }

    /// <summary>
    /// Why it could not be changed: it was in use for longer than <see cref="SchemaMigratorOptions.TableLockTimeout"/>, or the owner's role may not alter it.
    /// </summary>
    public string Reason { get; }

    /// <summary>All of it in a sentence.</summary>
    public override string ToString() => $"{Table} is not as this version expects ({Faults}), and could not be changed: {Reason}";
}
