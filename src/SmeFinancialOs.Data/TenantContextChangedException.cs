namespace SmeFinancialOs.Data;

/// <summary>The tenant or role of a unit of work, or of a session call, was changed by its SQL; it was rolled back instead of committed.</summary>
public sealed class TenantContextChangedException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public TenantContextChangedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public TenantContextChangedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
