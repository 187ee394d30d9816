using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>A fault this library has a name for. The exception of the driver, where there was one, is the inner exception.</summary>
public abstract class TenantDataException : Exception
{
    private protected TenantDataException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
        if (innerException is PostgresException postgres)
            (SqlState, TableName, ConstraintName) = (postgres.SqlState, postgres.TableName, postgres.ConstraintName);
    }

    /// <summary>The SQLSTATE of the server's error; null when the server was not asked.</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</seealso>
    public string? SqlState { get; private protected init; }

    /// <summary>The table, where the server named one.</summary>
    public string? TableName { get; private protected init; }

    /// <summary>The constraint, where the server named one.</summary>
    public string? ConstraintName { get; }

    /// <summary>
    /// What loggers write. Of an error of the server it has the SQLSTATE without the server's own text, which may quote a value; that is in the inner exception alone.
    /// </summary>
    public override string ToString() => InnerException is PostgresException postgres
        ? $"{GetType()}: {Message}{Environment.NewLine} ---> {postgres.GetType()}: {postgres.SqlState}{Environment.NewLine}{postgres.StackTrace}"
            + $"{Environment.NewLine}   --- End of inner exception stack trace ---{Environment.NewLine}{StackTrace}"
        : base.ToString();
}
