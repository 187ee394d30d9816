using System.Runtime.ExceptionServices;
using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Brings a database to the schema of this package: roles, tenant context, policies and tables.</summary>
/// <remarks>
/// The login is a superuser, or has CREATEROLE and owns the database or is a member of its owner. It talks to PostgreSQL 15 or later, directly:
/// the lock that keeps a second runner out is held by the session, which a transaction-mode pooler would share out.
/// </remarks>
public sealed class SchemaMigrator
{
    private const int Attempts = 3;

    private readonly MigrationConnection _connection;
    private readonly SchemaMigratorOptions _options;
    private readonly MigrationScripts _scripts;

    /// <summary>Prepares a migration of the database a connection string names; connects to nothing yet.</summary>
    /// <param name="connectionString">An Npgsql connection string with the login the scripts run as.</param>
    /// <param name="options">Role names and how long to wait for another runner; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The connection string is blank, malformed or names no host, or an option is out of range: the message names the option.
    /// </exception>
    public SchemaMigrator(string connectionString, SchemaMigratorOptions? options = null)
        : this(connectionString, options, MigrationScripts.Shipped)
    {
    }

    internal SchemaMigrator(string connectionString, SchemaMigratorOptions? options, MigrationScripts scripts)
    {
        _options = options ?? new SchemaMigratorOptions();
        _options.Validate();
        _connection = new MigrationConnection(connectionString);
        _scripts = scripts;
    }

    /// <summary>The scripts that every database gets, in order, with their paths in the repository and the default role names: plain SQL.</summary>
    public static IReadOnlyList<(string Name, string Text)> Scripts { get; } =
        [.. EmbeddedScripts.All.Select(script => ($"sql/{script.Name}", script.Contents))];

    /// <summary>
    /// Runs the migrations that have not run yet and the objects (functions, policies, views) whose text has changed, in order and in one transaction; then
    /// brings the protected tables that are not as this version expects to its policies and privileges, each in a transaction of its own.
    /// </summary>
    /// <remarks>
    /// One runner at a time per database: a second one waits, then finds nothing to do. An older version of this library leaves a
    /// database alone that a newer one has migrated.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the wait, or the running statement; the scripts leave nothing behind. Tables that were updated stay so.</param>
    /// <exception cref="SchemaMigrationException">
    /// The server cannot be reached, is older than 15 or refuses the login; the login lacks a right, and the message has the GRANT; another runner holds the
    /// lock for too long; a migration was changed after it was applied; tenant ids of the database have another type; a table of the host's has the name of one
    /// that the migration would bring; a relation that the guard shall allow does not exist; or a script failed. Nothing was changed then.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<SchemaMigrationResult> MigrateAsync(CancellationToken cancellationToken = default) =>
        RunAsync(exclusive: true, async (connection, plan) =>
        {
            await MigrationRights.RequireAsync(connection, _options.Roles, plan, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; plan.Pending.Count > 0; attempt++)
            {
                try
                {
                    await TenantIdDomain.ChooseAsync(connection, plan.TenantType, cancellationToken).ConfigureAwait(false);
                    await ApplyAsync(connection, plan.Pending, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (SchemaMigrationException fault) when (fault.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < Attempts)
                {
                    // With a migration of another database: they share the roles. Nothing of this one is left.
                }
            }

            var (updated, notUpdated) = plan.IsOfNewerVersion || !plan.HasProtectedTables
                ? ([], [])
                : await new ProtectionUpgrade(connection, _options).RunAsync(cancellationToken).ConfigureAwait(false);
            return new SchemaMigrationResult([.. plan.Pending.Select(script => script.Name)], plan.Applied, updated, notUpdated);
        }, cancellationToken);

    /// <summary>
    /// The names of the scripts that have not run yet, in order, and <c>allow RELATION</c> for each allowance that the guard lacks; changes nothing and waits
    /// for no other runner.
    /// </summary>
    /// <param name="cancellationToken">Cancels the connection attempt.</param>
    /// <exception cref="SchemaMigrationException">The server cannot be reached, is older than 15, or refuses the login or the journal.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<IReadOnlyList<string>> GetPendingScriptsAsync(CancellationToken cancellationToken = default) =>
        RunAsync<IReadOnlyList<string>>(
            exclusive: false, (_, plan) => Task.FromResult<IReadOnlyList<string>>([.. plan.Pending.Select(script => script.Name)]), cancellationToken);

    /// <summary>All scripts, or none.</summary>
    private async Task ApplyAsync(NpgsqlConnection connection, IReadOnlyList<SqlScript> scripts, CancellationToken cancellationToken)
    {
        var engine = MigrationEngine.Create(connection, _options.Roles, scripts, cancellationToken);
        // DbUp is synchronous: it must not hold up the caller's thread.
        var upgrade = await Task.Run(engine.PerformUpgrade, cancellationToken).ConfigureAwait(false);
        if (upgrade.Error is NpgsqlException error) // of no statement of a script: of the journal, or of the commit of all
            throw MigrationFailure.OfScript(scriptName: null, line: null, error, _options.Roles.Owner);
        if (upgrade.Error is not null)
            ExceptionDispatchInfo.Throw(upgrade.Error);
    }

    private async Task<T> RunAsync<T>(bool exclusive, Func<NpgsqlConnection, MigrationPlan, Task<T>> work, CancellationToken cancellationToken)
    {
        var connection = await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        try
        {
            if (exclusive)
                await MigrationLock.TakeAsync(connection, _options.LockTimeout, cancellationToken).ConfigureAwait(false);
            var plan = await MigrationPlan.ReadAsync(connection, _options, _scripts, cancellationToken).ConfigureAwait(false);
            return await work(connection, plan).ConfigureAwait(false);
        }
        catch (NpgsqlException fault)
        {
            throw MigrationFailure.OfScript(scriptName: null, line: null, fault, _options.Roles.Owner);
        }
    }
}
