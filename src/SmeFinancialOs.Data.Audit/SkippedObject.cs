namespace SmeFinancialOs.Data.Audit;

/// <summary>What could not be probed, or an attack that proved nothing.</summary>
public sealed class SkippedObject
{
    internal SkippedObject(string objectName, string reason, bool isAllowed)
    {
        ObjectName = objectName;
        Reason = reason;
        IsAllowed = isAllowed;
    }

    /// <summary>The table, view, function or login.</summary>
    public string ObjectName { get; }

    /// <summary>Why, in the server's words where it has any; or the reason of the allowance.</summary>
    public string Reason { get; }

    /// <summary>Whether the options allow it.</summary>
    public bool IsAllowed { get; }
}
