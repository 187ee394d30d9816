namespace SmeFinancialOs.Data.Audit;

/// <summary>A table, view or function that was attacked.</summary>
public sealed class ProbedObject
{
    internal ProbedObject(string objectName, int attackCount, IReadOnlyList<string> seenBy)
    {
        ObjectName = objectName;
        AttackCount = attackCount;
        SeenBy = seenBy;
    }

    /// <summary>The object, with its schema.</summary>
    public string ObjectName { get; }

    /// <summary>How many attacks gave an answer.</summary>
    public int AttackCount { get; }

    /// <summary>The roles as which a tenant saw its own row in it. Empty: no role may read it, or it is a function or a view of several tables.</summary>
    public IReadOnlyList<string> SeenBy { get; }
}
