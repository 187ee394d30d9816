namespace SmeFinancialOs.Data.Audit.Probing;

// What counts as having got through.
internal enum Sign
{
    // The truth is another afterwards.
    Changed,

    // The statement itself counted rows of the other tenant.
    Seen,

    // A duplicate was refused or silently left out, where only the other tenant has the value.
    Told,
}

// Truth is a query of one value, asked by who sees everything, before and after. CopyLine is what COPY FROM sends.
// Mine: the truth is about rows of the attacker's own.
internal sealed record Attack(string ObjectName, string Kind, string Statement, string Truth, Sign Sign = Sign.Changed, string? CopyLine = null,
    bool Mine = false);
