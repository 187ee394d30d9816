namespace SmeFinancialOs.Data;

/// <summary>
/// A statement that was prepared on the connection is gone (26000), or its result has other columns since a table was changed (0A000). Nothing was committed,
/// and the same work succeeds another time: what is prepared has been forgotten. A session call is repeated once before this is thrown.
/// </summary>
public sealed class StalePreparedStatementException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public StalePreparedStatementException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public StalePreparedStatementException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
