namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>A row that the probe wrote, as the server stored it: where it lies and what it holds.</summary>
internal sealed record Seed(uint Leaf, string Tenant, string Place, IReadOnlyDictionary<string, string?> Values);
