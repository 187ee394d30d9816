namespace SmeFinancialOs.Data.Audit;

/// <summary>What an audit found.</summary>
public sealed class AuditReport
{
    internal AuditReport(IReadOnlyList<AuditFinding> findings, IReadOnlyList<AuditSuppression> suppressed, Version serverVersion,
        IReadOnlyList<PolicyJudgement> judgements)
    {
        Judgements = judgements;
        Findings = findings;
        Suppressed = suppressed;
        ServerVersion = serverVersion;
    }

    /// <summary>The faults, the worst first; empty when there are none.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; }

    /// <summary>What an allowance or the baseline left out.</summary>
    public IReadOnlyList<AuditSuppression> Suppressed { get; }

    /// <summary>What the policies of each tenant table do for each role of the app.</summary>
    public IReadOnlyList<PolicyJudgement> Judgements { get; }

    /// <summary>How many rules were asked.</summary>
    public int RuleCount { get; } = SchemaAudit.Rules.Count;

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; }
}
