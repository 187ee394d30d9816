namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>Fault: why a fix did not hold; null when it did. Left: what the rules find when it is in place.</summary>
internal sealed record ProofResult(string? Fault, IReadOnlyList<AuditFinding> Left);
