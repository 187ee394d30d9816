namespace SmeFinancialOs.Data;

/// <summary>
/// The transaction may have been committed or not: the connection was lost before the server had answered the commit, or a wait for a synchronous standby was
/// cut short, so that a failover may lose what is committed. Look whether the work is there before it is done again.
/// </summary>
/// <remarks>
/// A call of a session is a transaction of its own, a query too. One in a read-only context (<see cref="TenantContext.AsReadOnly"/>) has nothing to
/// commit; of an admin's, only the entry in the access log has.
/// </remarks>
public sealed class CommitOutcomeUnknownException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public CommitOutcomeUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public CommitOutcomeUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
