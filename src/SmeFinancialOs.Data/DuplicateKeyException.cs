namespace SmeFinancialOs.Data;

/// <summary>A row with the same unique key exists in this organization (23505).</summary>
public sealed class DuplicateKeyException : TenantDataException
{
    internal DuplicateKeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
