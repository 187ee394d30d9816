namespace SmeFinancialOs.Data.Audit;

/// <summary>A statement of a migration that did not run. The lint went on with the next one.</summary>
public sealed class MigrationLintError
{
    internal MigrationLintError(string migration, int line, string message, string? sqlState)
    {
        Migration = migration;
        Line = line;
        Message = message;
        SqlState = sqlState;
    }

    /// <summary>The file, relative to the folder, with forward slashes; or the name of a script of the prelude.</summary>
    public string Migration { get; }

    /// <summary>The line of the file, from 1.</summary>
    public int Line { get; }

    /// <summary>The server's code and text, or what the lint does not understand, and what to do.</summary>
    public string Message { get; }

    /// <summary>The server's five-character error code; null when the server was not asked.</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>
    public string? SqlState { get; }
}
