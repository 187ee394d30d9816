namespace SmeFinancialOs.Data.Audit;

/// <summary>An object that a rule shall leave alone, and the reason why.</summary>
public sealed class AuditAllowance
{
    /// <summary>Stands for every rule.</summary>
    public const string EveryRule = "*";

    /// <summary>Allows an object what a rule would find.</summary>
    /// <param name="objectName">The object as <see cref="AuditFinding.ObjectName"/> writes it.</param>
    /// <param name="ruleId">The rule's name, or <see cref="EveryRule"/>.</param>
    /// <param name="reason">Why it is safe.</param>
    /// <exception cref="ArgumentException">A part is blank, or there is no such rule.</exception>
    public AuditAllowance(string objectName, string ruleId, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(objectName);
        ArgumentException.ThrowIfNullOrWhiteSpace(ruleId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (ruleId != EveryRule && !SchemaAudit.Rules.Any(rule => rule.Id == ruleId))
            throw new ArgumentException($"There is no rule \"{ruleId}\".", nameof(ruleId));
        ObjectName = objectName;
        RuleId = ruleId;
        Reason = reason;
    }

    /// <summary>The object that is allowed it.</summary>
    public string ObjectName { get; }

    /// <summary>The rule, or <see cref="EveryRule"/>.</summary>
    public string RuleId { get; }

    /// <summary>Why it is safe.</summary>
    public string Reason { get; }
}
