namespace SmeFinancialOs.Data;

/// <summary>
/// SQL has tried to begin, end or prepare the transaction that it runs in. A session call is a transaction of its own; a unit of work ends by
/// <see cref="TenantConnection.CommitAsync"/> or its disposal.
/// </summary>
public sealed class TransactionControlException : TenantDataException
{
    internal TransactionControlException(string message, bool mayBePartlyCommitted, Exception? innerException = null)
        : base(message, innerException) => MayBePartlyCommitted = mayBePartlyCommitted;

    /// <summary>
    /// False where nothing was committed: the text was refused before it was sent, or the server has rolled it back. True where the transaction of a unit of
    /// work was ended on its raw connection, so that what came before may be committed: look before you write again.
    /// </summary>
    public bool MayBePartlyCommitted { get; }
}
