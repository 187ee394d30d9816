namespace SmeFinancialOs.Data;

/// <summary>A write in the demo context, which reads only (25006, or 42501 from its policies or for a sequence).</summary>
public sealed class DemoReadOnlyException : TenantDataException
{
    internal DemoReadOnlyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
