namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What an expression is for a row. NULL lets no row through, and neither does its negation; after an error nothing passes.</summary>
internal enum Truth : byte
{
    False,
    True,
    Null,
    Error,
}
