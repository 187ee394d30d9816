namespace SmeFinancialOs.Data;

/// <summary>No tenant context is in force where one is needed; nothing was sent to the database.</summary>
public sealed class TenantContextMissingException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public TenantContextMissingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public TenantContextMissingException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
