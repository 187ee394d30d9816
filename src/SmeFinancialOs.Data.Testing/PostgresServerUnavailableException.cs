namespace SmeFinancialOs.Data.Testing;

/// <summary>There is no PostgreSQL server for the tests: says what was tried, why it did not work, and how to turn on each way.</summary>
public sealed class PostgresServerUnavailableException : Exception
{
    internal PostgresServerUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
