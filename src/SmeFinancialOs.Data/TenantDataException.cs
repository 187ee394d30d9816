using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>
/// A fault this library has a name for. The exception of the driver, where there was one, is the inner exception. The exceptions derived from it have public
/// constructors, so that the handlers of a host can be tested.
/// </summary>
public abstract class TenantDataException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    protected TenantDataException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause; an error of the server gives its SQLSTATE, table and constraint.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    protected TenantDataException(string message, Exception? innerException)
        : base(message, innerException)
    {
        if (innerException is PostgresException postgres)
            (SqlState, TableName, ConstraintName) = (postgres.SqlState, postgres.TableName, postgres.ConstraintName);
    }

    /// <summary>The SQLSTATE of the server's error, taken from the inner exception; null when the server was not asked.</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</seealso>
    public string? SqlState { get; init; }

    /// <summary>The table, where the server named one; taken from the inner exception.</summary>
    public string? TableName { get; init; }

    /// <summary>The constraint, where the server named one; taken from the inner exception.</summary>
    public string? ConstraintName { get; init; }

    /// <summary>
    /// What loggers write. Of an error of the server it has the SQLSTATE without the server's own text, which may quote a value; that is in
    /// the inner exception alone.
    /// </summary>
    public override string ToString() => InnerException is PostgresException postgres
        ? $"{GetType()}: {Message}{Environment.NewLine} ---> {postgres.GetType()}: {postgres.SqlState}{Environment.NewLine}{postgres.StackTrace}"
            + $"{Environment.NewLine}   --- End of inner exception stack trace ---{Environment.NewLine}{StackTrace}"
        : base.ToString();
}
