namespace SmeFinancialOs.Data.Testing;

/// <summary>There is no PostgreSQL server for the tests: says what was tried, why it did not work, and how to turn on each way.</summary>
public sealed class PostgresServerUnavailableException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public PostgresServerUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public PostgresServerUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
