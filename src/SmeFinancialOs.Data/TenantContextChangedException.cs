namespace SmeFinancialOs.Data;

/// <summary>The tenant or role of a unit of work, or of a session call, was changed by its SQL; it was rolled back instead of committed.</summary>
public sealed class TenantContextChangedException : TenantDataException
{
    internal TenantContextChangedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
