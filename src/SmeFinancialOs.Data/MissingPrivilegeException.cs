namespace SmeFinancialOs.Data;

/// <summary>
/// The role of the context has no right to a table, column, function or other object, or to a command (42501). Not row-level security: no context of that
/// role may do it, for whatever tenant. The message says what was refused, and what to do.
/// </summary>
public sealed class MissingPrivilegeException : TenantAccessDeniedException
{
    internal MissingPrivilegeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
