namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>What the guard was told to leave alone. Gone: there is no such relation any more.</summary>
internal sealed record GuardAllowance(uint Relation, string Reason, bool Gone);
