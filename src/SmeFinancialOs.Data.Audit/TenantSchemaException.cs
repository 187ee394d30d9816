namespace SmeFinancialOs.Data.Audit;

/// <summary>An option of <see cref="TenantSchemaOptions"/> does not fit the database: it names what is not there, or its SQL fails.</summary>
public sealed class TenantSchemaException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What does not fit, and what to do.</param>
    public TenantSchemaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What does not fit, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public TenantSchemaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
