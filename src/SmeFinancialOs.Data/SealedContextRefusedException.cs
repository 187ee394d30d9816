namespace SmeFinancialOs.Data;

/// <summary>
/// The database asks for contexts that are signed (SQLSTATE 28000), and this one is not, not with a key that is in force, too late, for another connection, or
/// for another role or access mode than are in force now. Nothing was read or written.
/// </summary>
public sealed class SealedContextRefusedException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public SealedContextRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public SealedContextRefusedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
