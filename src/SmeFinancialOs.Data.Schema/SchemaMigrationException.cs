namespace SmeFinancialOs.Data.Schema;

/// <summary>A migration could not be done; the message says what to do about it and never holds a password.</summary>
public sealed class SchemaMigrationException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public SchemaMigrationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public SchemaMigrationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The script that failed, such as <c>migrations/0001_roles.sql</c>; null when no script was running.</summary>
    public string? ScriptName { get; init; }

    /// <summary>The line of the script, from 1, that PostgreSQL complains about; null when no statement of it failed.</summary>
    public int? Line { get; init; }

    /// <summary>The server's five-character error code; null when the server did not answer.</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>
    public string? SqlState { get; init; }
}
