namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// Attacks that failed for reasons of their own, such as a view that nobody can write. They prove nothing. Where a superuser could do the same, the object is
/// one of <see cref="IsolationReport.Skipped"/>, too.
/// </summary>
public sealed class SkippedAttack
{
    internal SkippedAttack(string objectName, string role, IReadOnlyList<string> attacks, string reason, int count)
    {
        ObjectName = objectName;
        Role = role;
        Attacks = attacks;
        Reason = reason;
        Count = count;
    }

    /// <summary>The table, view or function.</summary>
    public string ObjectName { get; }

    /// <summary>The role that tried.</summary>
    public string Role { get; }

    /// <summary>The kinds of attack, as <see cref="IsolationBreach.Attack"/> names them.</summary>
    public IReadOnlyList<string> Attacks { get; }

    /// <summary>The server's words for the first of them, with the SQLSTATE.</summary>
    public string Reason { get; }

    /// <summary>How many statements failed with the same SQLSTATE.</summary>
    public int Count { get; }
}
