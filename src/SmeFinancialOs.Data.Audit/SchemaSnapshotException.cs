namespace SmeFinancialOs.Data.Audit;

/// <summary>A snapshot cannot be read or compared: the message says what to do.</summary>
public sealed class SchemaSnapshotException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public SchemaSnapshotException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public SchemaSnapshotException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
