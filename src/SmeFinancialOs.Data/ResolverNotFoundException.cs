namespace SmeFinancialOs.Data;

/// <summary>The database has no resolver of this name: a migration has to call <c>app.create_resolver</c> first.</summary>
public sealed class ResolverNotFoundException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public ResolverNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public ResolverNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
