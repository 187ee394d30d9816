namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>How an operation ended: values of <see cref="TagName.Outcome"/>.</summary>
internal static class OutcomeName
{
    /// <summary>Its transaction was committed.</summary>
    public const string Committed = "committed";

    /// <summary>A unit of work was disposed without a commit.</summary>
    public const string RolledBack = "rolled_back";

    /// <summary>A call inside a unit of work succeeded; the unit of work decides what becomes of it.</summary>
    public const string Completed = "completed";

    /// <summary>An error; nothing of it remains.</summary>
    public const string Failed = "failed";

    /// <summary>The caller's token ended it; nothing of it remains.</summary>
    public const string Canceled = "canceled";

    /// <summary>The caller disposed a stream before its end; whether the server had finished by then is not known.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>The connection was lost: the server may have committed.</summary>
    public const string Unknown = "unknown";
}
