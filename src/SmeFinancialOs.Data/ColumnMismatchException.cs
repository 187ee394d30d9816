namespace SmeFinancialOs.Data;

/// <summary>
/// Rows do not fit the table that they were to be written to: there is no such table or column, a property and a column have types that do not go together,
/// or a column that must have a value gets none. Nothing was written.
/// </summary>
public sealed class ColumnMismatchException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public ColumnMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public ColumnMismatchException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
