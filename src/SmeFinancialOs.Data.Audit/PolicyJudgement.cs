using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// What the policies of one tenant table do for one role, found by evaluating them on made-up rows and settings; or what a view or function shows.
/// </summary>
public sealed class PolicyJudgement
{
    internal PolicyJudgement(string table, string role, Judged judged)
    {
        Table = table;
        Role = role;
        Verdict = judged.Verdict;
        Reason = judged.Reason;
        IsFixed = judged.IsFixed;
        SharedRows = judged.Verdict == PolicyVerdict.Safe ? judged.SharedRows : [];
    }

    /// <summary>
    /// The table or view as PostgreSQL writes it, such as <c>public.invoices</c>; or the signature of a function, such as <c>public.total(tenant bigint)</c>.
    /// </summary>
    public string Table { get; }

    /// <summary>The role whose statements were judged, as PostgreSQL writes it.</summary>
    public string Role { get; }

    /// <summary>Closed, safe, a hole, or not judged.</summary>
    public PolicyVerdict Verdict { get; }

    /// <summary>
    /// Of a safe table: the tenant ids, quoted, or NULL, whose rows every tenant can read and none can write. Empty when every tenant reads its own rows alone.
    /// </summary>
    public IReadOnlyList<string> SharedRows { get; }

    internal bool IsFixed { get; }

    /// <summary>Of a view or function: it reads who the tenant is, itself or through what it calls.</summary>
    internal bool ReadsContext { get; init; }

    /// <summary>The proof, the row that passes, or why nothing can be said.</summary>
    public string Reason { get; }
}
