using System.Runtime.ExceptionServices;
using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Brings a database to the schema of this package: roles, tenant context, policies and tables.</summary>
/// <remarks>
/// The login is a superuser, or the owner of the database with CREATEROLE. It talks to PostgreSQL 15 or later, directly:
/// the lock that keeps a second runner out is held by the session, which a transaction-mode pooler would share out.
/// </remarks>
public sealed class SchemaMigrator
{
    private readonly MigrationConnection _connection;
    private readonly SchemaMigratorOptions _options;
    private readonly IReadOnlyList<MigrationScript> _scripts;

    /// <summary>Prepares a migration of the database a connection string names; connects to nothing yet.</summary>
    /// <param name="connectionString">An Npgsql connection string with the login the scripts run as.</param>
    /// <param name="options">Role names and how long to wait for another runner; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The connection string is blank, malformed or names no host, or an option is out of range: the message names the option.
    /// </exception>
    public SchemaMigrator(string connectionString, SchemaMigratorOptions? options = null)
        : this(connectionString, options, [.. EmbeddedScripts.All, .. options?.Guard == true ? EmbeddedScripts.Guard : [], .. options?.Seal == true ? EmbeddedScripts.Seal : []])
    {
    }

    internal SchemaMigrator(string connectionString, SchemaMigratorOptions? options, IReadOnlyList<SqlScript> scripts)
    {
        _options = options ?? new SchemaMigratorOptions();
        _options.Validate();
        _connection = new MigrationConnection(connectionString);
        var renaming = new RoleRenaming(_options.Roles);
        _scripts = [.. scripts.Select(script => new MigrationScript(script, renaming))];
    }

    /// <summary>The scripts that every database gets, in order, with their paths in the repository and the default role names: plain SQL.</summary>
    public static IReadOnlyList<(string Name, string Text)> Scripts { get; } =
        [.. EmbeddedScripts.All.Select(script => ($"sql/{script.Name}", script.Contents))];

    /// <summary>
    /// Runs the scripts that have not run yet, in order, each in a transaction of its own; those of functions and grants again when their text has changed.
    /// </summary>
    /// <remarks>
    /// One runner at a time per database: a second one waits, then finds nothing to do. An older version of this library leaves a
    /// database alone that a newer one has migrated.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the wait, or the running statement; the script it belongs to leaves nothing behind.</param>
    /// <exception cref="SchemaMigrationException">
    /// The server cannot be reached, is older than 15 or refuses the login; another runner holds the lock for too long; or a script failed,
    /// in which case the scripts before it stay and the failed one left nothing.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<SchemaMigrationResult> MigrateAsync(CancellationToken cancellationToken = default) =>
        RunAsync(exclusive: true, engine =>
        {
            var upgrade = engine.PerformUpgrade();
            if (upgrade.Error is NpgsqlException error) // of no statement of a script: of the journal, or of a commit
                throw MigrationFailure.OfScript(upgrade.ErrorScript?.Name, line: null, error, _options.Roles.Owner);
            if (upgrade.Error is not null)
                ExceptionDispatchInfo.Throw(upgrade.Error);

            string[] applied = [.. upgrade.Scripts.Select(s => s.Name)];
            return new SchemaMigrationResult(applied, [.. _scripts.Select(s => s.Name).Except(applied)]);
        }, cancellationToken);

    /// <summary>The names of the scripts that have not run yet, in order; changes nothing and waits for no other runner.</summary>
    /// <param name="cancellationToken">Cancels the connection attempt.</param>
    /// <exception cref="SchemaMigrationException">The server cannot be reached, is older than 15, or refuses the login or the journal.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<IReadOnlyList<string>> GetPendingScriptsAsync(CancellationToken cancellationToken = default) =>
        RunAsync<IReadOnlyList<string>>(exclusive: false, engine => [.. engine.GetScriptsToExecute().Select(s => s.Name)], cancellationToken);

    private async Task<T> RunAsync<T>(bool exclusive, Func<UpgradeEngine, T> work, CancellationToken cancellationToken)
    {
        var connection = await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        try
        {
            if (exclusive)
                await MigrationLock.TakeAsync(connection, _options.LockTimeout, cancellationToken).ConfigureAwait(false);

            var engine = MigrationEngine.Create(connection, _options.Roles, _scripts, cancellationToken);
            // DbUp is synchronous: it must not hold up the caller's thread.
            return await Task.Run(() => work(engine), cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw MigrationFailure.OfScript(scriptName: null, line: null, e, _options.Roles.Owner);
        }
    }
}
