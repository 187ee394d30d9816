namespace SmeFinancialOs.Data;

/// <summary>
/// A column or a parameter has a type that did not exist when the data source read the types of the database, at its first connection. Call
/// <c>NpgsqlDataSource.ReloadTypesAsync</c>, or restart the host.
/// </summary>
public sealed class UnknownDatabaseTypeException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public UnknownDatabaseTypeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public UnknownDatabaseTypeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
