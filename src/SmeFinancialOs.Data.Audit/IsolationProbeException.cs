namespace SmeFinancialOs.Data.Audit;

/// <summary>A database could not be probed: the message says what to do. Nothing was changed.</summary>
public sealed class IsolationProbeException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public IsolationProbeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public IsolationProbeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
