namespace SmeFinancialOs.Data;

/// <summary>The row refers to one that does not exist for this organization (23503), or is still referred to.</summary>
public sealed class MissingReferenceException : TenantDataException
{
    internal MissingReferenceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
