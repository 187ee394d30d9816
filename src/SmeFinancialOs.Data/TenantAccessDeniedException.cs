namespace SmeFinancialOs.Data;

/// <summary>The database refused what a context may not do: a row of another tenant, a table without a grant (42501), a write in a read-only context (25006).</summary>
public sealed class TenantAccessDeniedException : TenantDataException
{
    internal TenantAccessDeniedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
