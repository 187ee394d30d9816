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
    internal CommitOutcomeUnknownException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
