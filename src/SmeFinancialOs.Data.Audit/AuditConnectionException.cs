namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// The server could not be reached, is older than 15, refused the login, or did not let it create a database.
/// The message says what to do and never holds a password.
/// </summary>
public sealed class AuditConnectionException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public AuditConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public AuditConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The server's five-character error code; null when the server did not answer.</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>
    public string? SqlState { get; init; }
}
