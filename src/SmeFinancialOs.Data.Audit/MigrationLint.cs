using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Linting;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// Judges a directory of SQL migrations before they run anywhere: applies them to a throwaway database and audits what PostgreSQL understood,
/// and names the migration that brought each fault. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Knows the order and the down scripts of plain numbered files, Flyway, golang-migrate, goose, dbmate, sql-migrate, node-pg-migrate, Prisma, Diesel, Supabase
/// and sqitch. Migrations are programs that run with the rights of the login: lint those that you do not trust on a server of their own.
/// </remarks>
public sealed class MigrationLint
{
    private readonly AuditConnection _server;
    private readonly MigrationLintOptions _options;

    /// <summary>Prepares a lint on a server; connects to nothing yet.</summary>
    /// <param name="serverConnectionString">Any database of the server, with a login that may create databases and do what the migrations do.</param>
    /// <param name="options">What to judge by; null for the defaults.</param>
    /// <exception cref="ArgumentException">The connection string is blank, malformed or names no host, or an option cannot be used.</exception>
    public MigrationLint(string serverConnectionString, MigrationLintOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
        _server = new AuditConnection(serverConnectionString);
    }

    /// <summary>
    /// Applies the migrations of a directory, judges them, and leaves nothing behind. A statement that fails is one of the report's
    /// <see cref="MigrationLintReport.Errors"/>, and the next one runs.
    /// </summary>
    /// <param name="directory">Where the SQL files are, in it or below.</param>
    /// <param name="progress">Told the name of each migration before it runs; may be null.</param>
    /// <param name="cancellationToken">Ends the work; the throwaway database goes all the same.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="MigrationLintException">
    /// The directory holds no migration, or none in SQL, or one of them cannot be read or ended the lint's transaction: the message says what to do.
    /// </exception>
    /// <exception cref="AuditConnectionException">
    /// The server cannot be reached, is older than 15, refuses the login, or does not let it create a database.
    /// </exception>
    /// <exception cref="Npgsql.NpgsqlException">The connection was lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">The directory is blank.</exception>
    public async Task<MigrationLintReport> RunAsync(string directory, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var migrations = MigrationFolder.Read(directory);
        var database = await ThrowawayDatabase.CreateAsync(_server, _options.DatabaseName, cancellationToken).ConfigureAwait(false);
        await using var _ = database.ConfigureAwait(false);
        return await new LintRun(database, migrations, _options).RunAsync(progress, cancellationToken).ConfigureAwait(false);
    }
}
