namespace SmeFinancialOs.Data;

/// <summary>
/// A column or a parameter has a type that did not exist when the data source read the types of the database, at its first connection. Call
/// <c>NpgsqlDataSource.ReloadTypesAsync</c>, or restart the host.
/// </summary>
public sealed class UnknownDatabaseTypeException : TenantDataException
{
    internal UnknownDatabaseTypeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
