namespace SmeFinancialOs.Data.Audit;

/// <summary>A fix that was not shown to be safe.</summary>
public sealed class UnprovedFix
{
    internal UnprovedFix(SchemaFix fix, string reason) => (Fix, Reason) = (fix, reason);

    /// <summary>What was tried, or could not be.</summary>
    public SchemaFix Fix { get; }

    /// <summary>What it would open or break, or why nothing can be said.</summary>
    public string Reason { get; }
}
