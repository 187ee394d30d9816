namespace SmeFinancialOs.Data;

/// <summary>A row with the same unique key exists in this organization (23505).</summary>
public sealed class DuplicateKeyException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public DuplicateKeyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public DuplicateKeyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
