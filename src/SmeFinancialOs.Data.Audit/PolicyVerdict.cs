namespace SmeFinancialOs.Data.Audit;

/// <summary>What is known of the policies of a table for a role.</summary>
public enum PolicyVerdict
{
    /// <summary>Neither a proof nor a counterexample: the reason says why. It must not be taken for safe.</summary>
    NotJudged,

    /// <summary>The role has no privilege, or no permissive policy lets it do anything.</summary>
    Closed,

    /// <summary>It was proved that no row of another tenant passes, and the tenant's own row was seen to pass.</summary>
    Safe,

    /// <summary>A row of another tenant passes; the reason shows which one, and when.</summary>
    Hole,
}
