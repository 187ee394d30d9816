namespace SmeFinancialOs.Data;

/// <summary>A write in the demo context, which reads only (25006, or 42501 from its policies or for a sequence).</summary>
public sealed class DemoReadOnlyException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public DemoReadOnlyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public DemoReadOnlyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
