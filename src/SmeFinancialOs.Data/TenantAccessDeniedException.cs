namespace SmeFinancialOs.Data;

/// <summary>The database refused what a context may not do: a row of another tenant (42501), a write in a read-only context (25006).</summary>
/// <seealso cref="MissingPrivilegeException"/>
public class TenantAccessDeniedException : TenantDataException
{
    internal TenantAccessDeniedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
