namespace SmeFinancialOs.Data;

/// <summary>The database answers but cannot serve this library: not migrated, or a server older than PostgreSQL 15.</summary>
public sealed class DatabaseNotReadyException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public DatabaseNotReadyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public DatabaseNotReadyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
