using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit;

/// <summary>How one tenant reached another's rows: one hole, with the statement that shows it best.</summary>
public sealed class IsolationBreach
{
    internal IsolationBreach(Attempt witness, IReadOnlyList<string> attacks, string message)
    {
        ObjectName = witness.ObjectName;
        Role = witness.Role;
        Attack = witness.Kind;
        Statement = witness.Statement;
        Attacks = attacks;
        Message = message;
    }

    /// <summary>The table, view or function that gave way, with its schema.</summary>
    public string ObjectName { get; }

    /// <summary>The role that attacked.</summary>
    public string Role { get; }

    /// <summary>
    /// What <see cref="Statement"/> tried: select, lock, copy to, copy from, insert, update, move, steal, delete, upsert, merge, truncate, reference or call.
    /// </summary>
    public string Attack { get; }

    /// <summary>All the attacks that got through on this object as this role, each once.</summary>
    public IReadOnlyList<string> Attacks { get; }

    /// <summary>The SQL that got through, with the settings it ran under. It names the rows of the probe, which are gone.</summary>
    public string Statement { get; }

    /// <summary>What it did to the other tenant's rows, and what else got through.</summary>
    public string Message { get; }
}
