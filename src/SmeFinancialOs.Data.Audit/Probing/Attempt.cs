namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>One statement of an attacker, as a report names it. Pair: the tenant that attacks and the one that is attacked.</summary>
internal sealed record Attempt(string ObjectName, string Role, string Kind, string Statement, (string? Attacker, string Victim) Pair);
