using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// The keys that hosts sign their contexts with. Several are in force at a time, so that a new one can reach every host before the old one is retired.
/// </summary>
public sealed class ContextSealKeys
{
    private readonly MigrationConnection _connection;

    /// <summary>Prepares work on the keys of the database a connection string names; connects to nothing yet.</summary>
    /// <param name="connectionString">The login that migrates, or a superuser.</param>
    /// <exception cref="ArgumentException">The connection string is blank, malformed or names no host.</exception>
    public ContextSealKeys(string connectionString) => _connection = new MigrationConnection(connectionString);

    /// <summary>Makes a key and puts it in force.</summary>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>What a host is configured with, <c>TenantConnectionOptions.SealKey</c>: a secret, which cannot be read again.</returns>
    /// <exception cref="SchemaMigrationException">The server cannot be reached or refuses, or the database is not migrated.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string> AddAsync(CancellationToken cancellationToken = default) =>
        (await RunAsync(new("SELECT app_seal.add_key()"), reader => reader.GetString(0), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Takes a key out of force and forgets its secret: what was signed with it is refused from now on.</summary>
    /// <param name="keyId">The first eight characters of the key.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="SchemaMigrationException">
    /// No such key is in force, or it is the last one of a database whose contexts are sealed; or the server cannot be reached or refuses.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    public Task RetireAsync(string keyId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(keyId);
        return RunAsync(new("SELECT app_seal.retire_key($1)") { Parameters = { new() { Value = keyId } } }, reader => true, cancellationToken);
    }

    /// <summary>All keys, also those that were retired, in the order they were made.</summary>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="SchemaMigrationException">The server cannot be reached or refuses, or the database is not migrated.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IReadOnlyList<ContextSealKey>> ListAsync(CancellationToken cancellationToken = default) =>
        await RunAsync(new("SELECT id, added_at, retired_at FROM app_seal.keys ORDER BY added_at"),
            reader => new ContextSealKey(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2)),
            cancellationToken).ConfigureAwait(false);

    private async Task<List<T>> RunAsync<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var connection = await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var __ = batch.ConfigureAwait(false);
        // Whoever migrates may become the owner of the keys, but does not inherit from it.
        batch.BatchCommands.Add(
            new("SELECT pg_catalog.set_config('role', nspowner::regrole::text, true) FROM pg_catalog.pg_namespace WHERE oid = 'app_seal'::regnamespace"));
        batch.BatchCommands.Add(command);
        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var ___ = reader.ConfigureAwait(false);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                rows.Add(read(reader));
            return rows;
        }
        catch (PostgresException fault)
        {
            throw MigrationFailure.OfCall(fault);
        }
    }
}
