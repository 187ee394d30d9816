namespace SmeFinancialOs.Data.Audit;

/// <summary>A table, view or function that was attacked.</summary>
public sealed class ProbedObject
{
    internal ProbedObject(string objectName, int attackCount)
    {
        ObjectName = objectName;
        AttackCount = attackCount;
    }

    /// <summary>The object, with its schema.</summary>
    public string ObjectName { get; }

    /// <summary>How many attacks gave an answer.</summary>
    public int AttackCount { get; }
}
