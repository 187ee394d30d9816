namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>One statement of an attacker, as a report names it.</summary>
internal sealed record Attempt(string ObjectName, string Role, string Kind, string Statement);
