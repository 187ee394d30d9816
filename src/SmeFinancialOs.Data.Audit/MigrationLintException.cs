namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// A folder of migrations could not be judged: it holds none, or one of them cannot be read or ended the lint's transaction; or one could not be applied.
/// </summary>
public sealed class MigrationLintException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public MigrationLintException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public MigrationLintException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The file, relative to the folder; null when the fault is no single file's.</summary>
    public string? Migration { get; init; }

    /// <summary>The line of the file, from 1; null when no line is at fault.</summary>
    public int? Line { get; init; }

    /// <summary>The server's five-character error code; null when the server was not asked.</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>
    public string? SqlState { get; init; }

    internal static MigrationLintException Of(MigrationLintError error, Exception? innerException) =>
        new($"{error.Migration} line {error.Line}: {error.Message}", innerException)
        {
            Migration = error.Migration,
            Line = error.Line,
            SqlState = error.SqlState,
        };
}
