namespace SmeFinancialOs.Data;

/// <summary>The database refused what a context may not do: a row of another tenant (42501), a write in a read-only context (25006).</summary>
/// <seealso cref="MissingPrivilegeException"/>
public class TenantAccessDeniedException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public TenantAccessDeniedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public TenantAccessDeniedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
