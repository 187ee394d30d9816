namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// A statement that an identity runs. Prepare runs before it as a superuser, to make room for a row. Effect: for a statement that writes, what a superuser asks
/// afterwards, "own other", each true or false; null for one that reads, whose own answer counts.
/// </summary>
internal sealed record ProofQuestion(string ObjectName, string Kind, IReadOnlyList<string> Prepare, string Statement, string? Effect)
{
    public bool IsWrite => Effect is not null;
}
