namespace SmeFinancialOs.Data.Audit;

/// <summary>One object that differs between two snapshots.</summary>
public sealed class SchemaChange
{
    internal SchemaChange(string objectName, SchemaChangeClass @class, string? before, string? after, string reason) =>
        (ObjectName, Class, Before, After, Reason) = (objectName, @class, before, after, reason);

    /// <summary>The object with its kind, such as <c>policy own on public.orders</c>.</summary>
    public string ObjectName { get; }

    /// <summary>Safe, to be reviewed, breaking or dangerous.</summary>
    public SchemaChangeClass Class { get; }

    /// <summary>What differs, as it was; null: the object is new.</summary>
    public string? Before { get; }

    /// <summary>What differs, as it is; null: the object is gone.</summary>
    public string? After { get; }

    /// <summary>Why it has its class: the verdicts and findings that changed with it, or the rule.</summary>
    public string Reason { get; }
}
