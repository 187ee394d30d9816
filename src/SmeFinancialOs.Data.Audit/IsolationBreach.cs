namespace SmeFinancialOs.Data.Audit;

/// <summary>A statement by which one tenant reached another's rows.</summary>
public sealed class IsolationBreach
{
    internal IsolationBreach(string objectName, string attack, string statement, string message)
    {
        ObjectName = objectName;
        Attack = attack;
        Statement = statement;
        Message = message;
    }

    /// <summary>The table, view or function that gave way, with its schema.</summary>
    public string ObjectName { get; }

    /// <summary>
    /// What was tried: select, lock, copy to, copy from, insert, update, move, steal, delete, upsert, merge, truncate, reference, oracle or call.
    /// </summary>
    public string Attack { get; }

    /// <summary>The SQL that got through, with the settings it ran under. It names the rows of the probe, which are gone.</summary>
    public string Statement { get; }

    /// <summary>What it did to the other tenant's rows.</summary>
    public string Message { get; }
}
