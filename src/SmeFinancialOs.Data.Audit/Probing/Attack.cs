namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What counts as having got through.</summary>
internal enum Sign
{
    /// <summary>The truth is another afterwards.</summary>
    Changed,

    /// <summary>The statement itself counted rows of the other tenant.</summary>
    Seen,

    /// <summary>A duplicate was refused or silently left out, where only the other tenant has the value.</summary>
    Told,
}

/// <summary>
/// Truth is a query of one value, asked by who sees everything, before and after. CopyLine is what COPY FROM sends. Mine: the truth is about rows of
/// the attacker's own.
/// </summary>
internal sealed record Attack(string ObjectName, string Kind, string Statement, string Truth, Sign Sign = Sign.Changed, string? CopyLine = null,
    bool Mine = false);
