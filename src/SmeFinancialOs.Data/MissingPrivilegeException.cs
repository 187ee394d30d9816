namespace SmeFinancialOs.Data;

/// <summary>
/// The role of the context has no right to a table, column, function or other object, or to a command (42501). Not row-level security: no context of that
/// role may do it, for whatever tenant. The message says what was refused, and what to do.
/// </summary>
public sealed class MissingPrivilegeException : TenantAccessDeniedException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public MissingPrivilegeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public MissingPrivilegeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
