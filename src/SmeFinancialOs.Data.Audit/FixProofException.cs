namespace SmeFinancialOs.Data.Audit;

/// <summary>Fixes could not be tried: the message says what to do. Nothing was changed.</summary>
public sealed class FixProofException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public FixProofException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public FixProofException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
