namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>
/// Enabled is the letter of pg_trigger, pg_rewrite and pg_event_trigger: O fires for ordinary sessions, A always, R for replicas alone, D never.
/// </summary>
internal sealed record Trigger(uint Relation, string Name, uint Function, char Enabled, bool Internal)
{
    /// <summary>The bits of tgtype.</summary>
    public short Type { get; init; }

    /// <summary>Of UPDATE OF; empty for all columns.</summary>
    public IReadOnlyList<short> Columns { get; init; } = [];

    /// <summary>With WHEN.</summary>
    public bool IsConditional { get; init; }

    public bool IsForRows => (Type & 1) != 0;

    public bool IsBefore => (Type & 2) != 0;

    public bool Fires => Enabled is 'O' or 'A';

    /// <summary>Command is a letter of i, d and u. Without columns, an update may be of any.</summary>
    public bool FiresFor(char command, IReadOnlyList<short>? columns) => Fires && (Type & (command switch { 'i' => 4, 'd' => 8, _ => 16 })) != 0
        && (command != 'u' || columns is null || Columns.Count == 0 || Columns.Intersect(columns).Any());
}

internal sealed record RewriteRule(uint Relation, string Name);

/// <summary>Without tags it fires for every command of its event.</summary>
internal sealed record EventTrigger(string Name, char Enabled, uint Function, string Event, string[]? Tags)
{
    public bool Fires => Enabled is 'O' or 'A';
}
