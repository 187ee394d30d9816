namespace SmeFinancialOs.Data;

/// <summary>
/// SQL has tried to begin, end or prepare the transaction that it runs in. A session call is a transaction of its own; a unit of work ends by
/// <see cref="TenantConnection.CommitAsync"/> or its disposal.
/// </summary>
public sealed class TransactionControlException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public TransactionControlException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public TransactionControlException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// False where nothing was committed: the text was refused before it was sent, or the server has rolled it back. True where the transaction of a unit of
    /// work was ended on its raw connection, so that what came before may be committed: look before you write again.
    /// </summary>
    public bool MayBePartlyCommitted { get; init; }
}
