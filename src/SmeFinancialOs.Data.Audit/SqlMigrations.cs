using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Linting;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// A directory of plain SQL migrations, whatever tool it is written for, applied to a database that is thrown away: for tests. It keeps no journal; where rows
/// matter, let the tool itself migrate.
/// </summary>
public static class SqlMigrations
{
    /// <summary>Applies every migration of a directory, in the order its tool would, each in a transaction; those that only undo others are left out.</summary>
    /// <param name="connectionString">A superuser, or a member of the role.</param>
    /// <param name="directory">The directory; directories in it count too.</param>
    /// <param name="role">The role that each migration starts as, and that owns what it makes.</param>
    /// <param name="cancellationToken">Stops between statements; the migrations before stay.</param>
    /// <returns>The files that were applied, relative to the directory.</returns>
    /// <exception cref="MigrationLintException">The directory holds no migration, or one cannot be read or run; it says which, and where.</exception>
    /// <exception cref="AuditConnectionException">The server cannot be reached, is older than 15, or refuses the login.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="ArgumentException">The directory or the role is blank, or the connection string cannot be used.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        string connectionString, string directory, string role = "app_owner", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        var database = new AuditConnection(connectionString);
        var migrations = MigrationFolder.Read(directory).Migrations;
        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var runner = new MigrationRunner(connection, commits: true, errors: null, cancellationToken);
        await runner.BeginAsync().ConfigureAwait(false);
        foreach (var migration in migrations)
        {
            await connection.RunAsync($"SET ROLE {Identifier.Quote(role)}", cancellationToken).ConfigureAwait(false);
            await runner.ApplyAsync(migration).ConfigureAwait(false);
        }

        return [.. migrations.Select(migration => migration.Path)];
    }
}
