namespace SmeFinancialOs.Data;

/// <summary>
/// No connection to the database: not there, wrong password, unknown database, or no free connection in time; or a server that takes no writes, such
/// as a standby (25006).
/// </summary>
public sealed class DatabaseUnavailableException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public DatabaseUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public DatabaseUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
