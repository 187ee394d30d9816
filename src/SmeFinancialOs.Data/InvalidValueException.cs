namespace SmeFinancialOs.Data;

/// <summary>The database refused a value: out of range, not valid text, null where none may be, or against a check constraint (class 22, 23502, 23514).</summary>
public sealed class InvalidValueException : TenantDataException
{
    internal InvalidValueException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
