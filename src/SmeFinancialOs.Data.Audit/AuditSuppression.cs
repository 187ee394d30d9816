namespace SmeFinancialOs.Data.Audit;

/// <summary>A finding that was left out of the report, and why.</summary>
public sealed class AuditSuppression
{
    internal AuditSuppression(AuditFinding finding, string reason)
    {
        Finding = finding;
        Reason = reason;
    }

    /// <summary>What was found.</summary>
    public AuditFinding Finding { get; }

    /// <summary>The allowance's reason, that of the guard's allowlist, or that the baseline knows it.</summary>
    public string Reason { get; }
}
