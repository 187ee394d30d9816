namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// A statement that an identity runs. Prepare runs before it as a superuser, to make room for a row. Effect: for a statement that writes, what a superuser asks
/// afterwards, "own other", each true or false; null for one that reads, whose own answer counts.
/// </summary>
internal sealed record ProofQuestion(string ObjectName, string Kind, IReadOnlyList<string> Prepare, string Statement, string? Effect)
{
    internal const string Call = "a call";

    public bool IsWrite => Effect is not null;

    /// <summary>The answer says whether a row without a tenant, or of a tenant that a policy names, is reached, and whether one of another tenant is.</summary>
    public bool IsShared { get; init; }

    public bool IsCall => Kind == Call;

    /// <summary>The tenant tables whose rows may decide the answer of a call; null where that is not known.</summary>
    public IReadOnlySet<string>? Reads { get; init; }
}
