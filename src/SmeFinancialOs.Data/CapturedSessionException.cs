namespace SmeFinancialOs.Data;

/// <summary>A session of one tenant context was used under another one, or after its service scope had ended; nothing was sent to the database.</summary>
public sealed class CapturedSessionException : TenantDataException
{
    internal CapturedSessionException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
