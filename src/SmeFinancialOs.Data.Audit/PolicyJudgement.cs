namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// What the policies of one tenant table do for one role, found by evaluating them on made-up rows and settings; or what a view or function shows.
/// </summary>
public sealed class PolicyJudgement
{
    internal PolicyJudgement(string table, string role, PolicyVerdict verdict, string reason)
    {
        Table = table;
        Role = role;
        Verdict = verdict;
        Reason = reason;
    }

    /// <summary>
    /// The table or view as PostgreSQL writes it, such as <c>public.invoices</c>; or the signature of a function, such as <c>public.total(tenant bigint)</c>.
    /// </summary>
    public string Table { get; }

    /// <summary>The role whose statements were judged, as PostgreSQL writes it.</summary>
    public string Role { get; }

    /// <summary>Closed, safe, a hole, or not judged.</summary>
    public PolicyVerdict Verdict { get; }

    /// <summary>The proof, the row that passes, or why nothing can be said.</summary>
    public string Reason { get; }
}
