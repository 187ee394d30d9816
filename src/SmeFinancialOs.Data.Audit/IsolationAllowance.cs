namespace SmeFinancialOs.Data.Audit;

/// <summary>An object that a probe shall not complain about, and the reason why. The same form as <see cref="AuditAllowance"/>.</summary>
public sealed class IsolationAllowance
{
    /// <summary>Stands for every rule.</summary>
    public const string EveryRule = AuditAllowance.EveryRule;

    /// <summary>Allows an object what the probe would report.</summary>
    /// <param name="objectName">The object as <see cref="IsolationBreach.ObjectName"/> writes it.</param>
    /// <param name="ruleId">One of <see cref="IsolationProbe.Rules"/>, or <see cref="EveryRule"/>.</param>
    /// <param name="reason">Why it is safe.</param>
    /// <param name="attack">One attack of a breach as <see cref="IsolationBreach.Attack"/> names it; null for all.</param>
    /// <exception cref="ArgumentException">A part is blank, or there is no such rule.</exception>
    public IsolationAllowance(string objectName, string ruleId, string reason, string? attack = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(objectName);
        ArgumentException.ThrowIfNullOrWhiteSpace(ruleId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        Required.NullOrName(attack);
        if (ruleId != EveryRule && !IsolationProbe.Rules.Contains(ruleId))
            throw new ArgumentException($"There is no rule \"{ruleId}\" of the probe: it has {string.Join(", ", IsolationProbe.Rules)}.", nameof(ruleId));
        ObjectName = objectName;
        RuleId = ruleId;
        Reason = reason;
        Attack = attack;
    }

    /// <summary>The object that is allowed it.</summary>
    public string ObjectName { get; }

    /// <summary>The rule, or <see cref="EveryRule"/>.</summary>
    public string RuleId { get; }

    /// <summary>Why it is safe.</summary>
    public string Reason { get; }

    /// <summary>The one attack that is allowed; null for all.</summary>
    public string? Attack { get; }

    internal bool Covers(string objectName, string ruleId, string? attack) =>
        ObjectName == objectName && (RuleId == EveryRule || RuleId == ruleId) && (Attack is null || Attack == attack);
}
