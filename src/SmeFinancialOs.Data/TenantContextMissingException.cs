namespace SmeFinancialOs.Data;

/// <summary>No tenant context is in force where one is needed; nothing was sent to the database.</summary>
public sealed class TenantContextMissingException : TenantDataException
{
    internal TenantContextMissingException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
