namespace SmeFinancialOs.Data;

/// <summary>
/// The database refused a value: out of range, not valid text, null where none may be, or against a check constraint (class 22, 23502, 23514).
/// </summary>
public sealed class InvalidValueException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public InvalidValueException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public InvalidValueException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
