namespace SmeFinancialOs.Data.Audit;

/// <summary>An object that a probe shall not complain about, and the reason why.</summary>
public sealed class IsolationAllowance
{
    /// <summary>Stands for every attack, and for a table that cannot be filled.</summary>
    public const string EveryAttack = "*";

    /// <summary>Allows an object what an attack would show.</summary>
    /// <param name="objectName">The object as <see cref="IsolationBreach.ObjectName"/> writes it.</param>
    /// <param name="attack">The attack as <see cref="IsolationBreach.Attack"/> names it, or <see cref="EveryAttack"/>.</param>
    /// <param name="reason">Why it is safe.</param>
    /// <exception cref="ArgumentException">A part is blank.</exception>
    public IsolationAllowance(string objectName, string attack, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(objectName);
        ArgumentException.ThrowIfNullOrWhiteSpace(attack);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ObjectName = objectName;
        Attack = attack;
        Reason = reason;
    }

    /// <summary>The object that is allowed it.</summary>
    public string ObjectName { get; }

    /// <summary>The attack, or <see cref="EveryAttack"/>.</summary>
    public string Attack { get; }

    /// <summary>Why it is safe.</summary>
    public string Reason { get; }

    internal bool Covers(string objectName, string attack) => ObjectName == objectName && (Attack == EveryAttack || Attack == attack);
}
