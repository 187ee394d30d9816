namespace SmeFinancialOs.Data;

/// <summary>
/// The work is committed, but its result could not be read: a column does not fit the type that was asked for, or there was more than one row where one was
/// asked for. The inner exception says which. Never do the work again.
/// </summary>
/// <remarks>
/// A call of a session is committed by the server before its result is read. In a read-only context there is nothing to commit, and in a unit of work nothing
/// is committed yet: there the inner exception itself is thrown.
/// </remarks>
public sealed class WorkCommittedException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public WorkCommittedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public WorkCommittedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
