namespace SmeFinancialOs.Data;

/// <summary>The database answers but cannot serve this library: not migrated, or a server older than PostgreSQL 15.</summary>
public sealed class DatabaseNotReadyException : TenantDataException
{
    internal DatabaseNotReadyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
