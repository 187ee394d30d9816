namespace SmeFinancialOs.Data;

/// <summary>The row refers to one that does not exist for this organization (23503), or is still referred to.</summary>
public sealed class ForeignKeyViolationException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public ForeignKeyViolationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public ForeignKeyViolationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
