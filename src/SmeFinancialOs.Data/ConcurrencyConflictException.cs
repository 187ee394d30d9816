namespace SmeFinancialOs.Data;

/// <summary>The row was changed or deleted by somebody else since it was read; read it again and decide.</summary>
public sealed class ConcurrencyConflictException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public ConcurrencyConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public ConcurrencyConflictException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
