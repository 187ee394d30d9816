namespace SmeFinancialOs.Data;

/// <summary>No connection to the database: not there, wrong password, unknown database, or no free connection in time; or a server that takes no writes, such as a standby (25006).</summary>
public sealed class DatabaseUnavailableException : TenantDataException
{
    internal DatabaseUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
