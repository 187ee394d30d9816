namespace SmeFinancialOs.Data;

/// <summary>A session of one tenant context was used under another one, or after its service scope had ended; nothing was sent to the database.</summary>
public sealed class CapturedSessionException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public CapturedSessionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public CapturedSessionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
