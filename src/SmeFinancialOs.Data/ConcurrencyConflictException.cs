namespace SmeFinancialOs.Data;

/// <summary>The row was changed or deleted by somebody else since it was read; read it again and decide.</summary>
public sealed class ConcurrencyConflictException : TenantDataException
{
    internal ConcurrencyConflictException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
