namespace SmeFinancialOs.Data;

/// <summary>
/// The database asks for contexts that are signed (SQLSTATE 28000), and this one is not, not with a key that is in force, too late, for another connection, or
/// for another role or access mode than are in force now. Nothing was read or written.
/// </summary>
public sealed class SealedContextRefusedException : TenantDataException
{
    internal SealedContextRefusedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
