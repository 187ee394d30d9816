namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>A verdict and its reason. SharedRows: safe, but the rows of these ids, or with NULL, can be read by every tenant.</summary>
internal sealed record Judged(PolicyVerdict Verdict, string Reason)
{
    public IReadOnlyList<string> SharedRows { get; init; } = [];

    /// <summary>The role has no tenant: it reads the rows of a fixed one.</summary>
    public bool IsFixed { get; init; }
}
