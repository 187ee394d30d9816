namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>
/// Enabled is the letter of pg_trigger, pg_rewrite and pg_event_trigger: O fires for ordinary sessions, A always, R for replicas alone, D never.
/// </summary>
internal sealed record Trigger(uint Relation, string Name, uint Function, char Enabled, bool Internal)
{
    public bool Fires => Enabled is 'O' or 'A';
}

internal sealed record RewriteRule(uint Relation, string Name);

/// <summary>Without tags it fires for every command of its event.</summary>
internal sealed record EventTrigger(string Name, char Enabled, uint Function, string Event, string[]? Tags)
{
    public bool Fires => Enabled is 'O' or 'A';
}
