using Npgsql;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data;

/// <summary>
/// A unit of work: an open connection inside a transaction, with tenant and role in force. Rolled back on dispose unless committed.
/// Like the connection itself it serves one caller at a time.
/// </summary>
public sealed class TenantConnection : ITenantSession, IAsyncDisposable
{
    private readonly string _role;
    private bool _isCommitted;

    internal TenantConnection(NpgsqlConnection connection, NpgsqlTransaction transaction, TenantContext context, string role) =>
        (Connection, Transaction, Context, _role) = (connection, transaction, context, role);

    /// <summary>The connection, for Dapper or plain ADO.NET. Changing the role or <c>app.current_org_id</c> on it makes the commit fail.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The transaction, for savepoints. Commit with <see cref="CommitAsync"/>, which checks what it commits.</summary>
    public NpgsqlTransaction Transaction { get; }

    /// <inheritdoc />
    public TenantContext Context { get; }

    private DapperCalls Calls => new(Connection, Transaction, Context);

    /// <inheritdoc />
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        Calls.QueryAsync<T>(sql, parameters, cancellationToken);

    /// <inheritdoc />
    public Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        Calls.QuerySingleOrDefaultAsync<T>(sql, parameters, cancellationToken);

    /// <inheritdoc />
    public Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        Calls.ExecuteScalarAsync<T>(sql, parameters, cancellationToken);

    /// <inheritdoc />
    public Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        Calls.ExecuteAsync(sql, parameters, cancellationToken);

    /// <inheritdoc />
    public Task CopyToAsync(string copyCommand, Stream destination, CancellationToken cancellationToken = default) =>
        CopyOut.RunAsync(Connection, Context, copyCommand, destination, cancellationToken);

    /// <summary>Makes the work permanent, in one round trip.</summary>
    /// <param name="cancellationToken">Cancelled while the server commits, the outcome is unknown.</param>
    /// <exception cref="TenantContextChangedException">The tenant or role was changed since the unit of work was opened; it is rolled back.</exception>
    /// <exception cref="InvalidOperationException">It was committed or disposed before.</exception>
    /// <exception cref="PostgresException">25P02: an earlier statement failed, so there is nothing to commit.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        if (_isCommitted)
            throw new InvalidOperationException("This unit of work was committed before. Open another one for more work.");
        // Not Transaction.CommitAsync: PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK. The check in front of it, in the
        // same round trip, fails in a failed transaction, and when somebody set another tenant.
        var batch = new NpgsqlBatch(Connection, Transaction);
        await using var _ = batch.ConfigureAwait(false);
        var check = new NpgsqlBatchCommand("SELECT app.require_context($1, $2)");
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)Context.OrganizationId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _role, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Name });
        batch.BatchCommands.Add(check);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            _isCommitted = true;
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, Context) is { } typed)
        {
            throw typed;
        }
    }

    /// <summary>Rolls back what was not committed and returns the connection to its pool.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Transaction.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await Connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
