namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>A verdict and its reason. HasSharedRows: safe, but rows of a fixed tenant or of none can be read by every tenant.</summary>
internal sealed record Judged(PolicyVerdict Verdict, string Reason)
{
    public bool HasSharedRows { get; init; }
}
