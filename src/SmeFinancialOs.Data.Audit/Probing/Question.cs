namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>A question whose answer must not depend on the other tenant's rows. Statement is what a reader would type.</summary>
internal sealed record Question(string ObjectName, string Kind, string Statement, string Asked, bool Copy = false);
