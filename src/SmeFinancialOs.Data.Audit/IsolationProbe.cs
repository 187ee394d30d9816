using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// Proves on a live database that tenants cannot reach each other's rows: generates rows for two tenants in every tenant table, then tries, with the rights of
/// the app's logins, to read, write, lock, copy, refer to and truncate the other's, by table, partition, view and function. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Everything happens in one transaction that is rolled back; only sequences advance. It takes locks like any writer, and calls the functions that the app may
/// call: probe a database that nobody else works on. The login of the app can try less than a superuser can try in its name: it sees no more than a tenant
/// does, knows no session that never had a tenant, and cannot look behind what it may not delete.
/// </remarks>
public sealed class IsolationProbe
{
    /// <summary>A statement by which one tenant reached another's rows.</summary>
    public const string BreachRule = "isolation-breach";

    /// <summary>A unique key that tells of another tenant's values.</summary>
    public const string KeyOracleRule = "isolation-key-oracle";

    /// <summary>An object of which nobody knows whether it is safe.</summary>
    public const string NotProbedRule = "isolation-not-probed";

    private readonly AuditConnection _database;
    private readonly IsolationProbeOptions _options;

    /// <summary>Prepares a probe of a database; connects to nothing yet.</summary>
    /// <param name="connectionString">A superuser of a throwaway database, who sees what really happened; or the login of the app itself.</param>
    /// <param name="options">Null: those of this library's own schema.</param>
    /// <exception cref="ArgumentException">The connection string is blank, malformed or names no host, or an option cannot be used.</exception>
    public IsolationProbe(string connectionString, IsolationProbeOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
        _database = new AuditConnection(connectionString);
    }

    /// <summary>What a probe reports, by the names that an allowance uses.</summary>
    public static IReadOnlyList<string> Rules { get; } = [BreachRule, KeyOracleRule, NotProbedRule];

    /// <summary>Attacks everything there is, and leaves nothing behind.</summary>
    /// <param name="progress">Told the name of each object before it is attacked; may be null.</param>
    /// <param name="cancellationToken">Ends the probe; the transaction is rolled back all the same.</param>
    /// <exception cref="IsolationProbeException">
    /// The login is neither a superuser nor the app's, a login of the app does not exist, or there is no tenant table.
    /// </exception>
    /// <exception cref="TenantSchemaException">An option names a table that the database does not have, or the context cannot be set.</exception>
    /// <exception cref="AuditConnectionException">The server cannot be reached, is older than 15, or refuses the login.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The connection was lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IsolationReport> RunAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // Never committed: disposing rolls it back, and so does the server when the connection is lost.
        await using var __ = transaction.ConfigureAwait(false);
        return await ProbeRun.RunAsync(new ProbeSession(connection, cancellationToken), _options, progress).ConfigureAwait(false);
    }
}
