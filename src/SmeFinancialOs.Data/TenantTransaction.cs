using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data;

/// <summary>
/// A unit of work that costs no round trip to open: BEGIN, tenant and role travel with its first statement. It hands out no connection, so there is
/// none that could be used before they are in force. Rolled back on dispose unless committed. It serves one caller at a time.
/// </summary>
public sealed class TenantTransaction : ITenantSession, IAsyncDisposable
{
    private readonly TenantConnectionFactory _factory;
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private int _isOpening;
    private bool _isInForce;
    private bool _isCommitted;
    private bool _isEnded;

    internal TenantTransaction(TenantConnectionFactory factory, TenantContext context) => (_factory, Context) = (factory, context);

    /// <inheritdoc />
    public TenantContext Context { get; }

    /// <inheritdoc />
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new RowsStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new SingleRowStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new ScalarStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new CountStatement(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<T> QueryUnbufferedAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        StreamAsync(new RowsStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public TenantBatch CreateBatch() => new(RunAsync);

    /// <inheritdoc />
    public async Task CopyToAsync(string copyCommand, Stream destination, CancellationToken cancellationToken = default)
    {
        var target = await BeginAsync(cancellationToken).ConfigureAwait(false);
        // COPY cannot ride in a batch: where it comes first, the settings go ahead of it.
        if (target.Settings is { } settings)
            await settings.ApplyAsync(target.Connection, target.Transaction!, Context, cancellationToken).ConfigureAwait(false);
        _isInForce = true;
        await CopyOut.RunAsync(target.Connection, Context, copyCommand, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the work permanent, in one round trip; in none where no statement was run.</summary>
    /// <param name="cancellationToken">Cancelled while the server commits, the outcome is unknown.</param>
    /// <exception cref="TenantContextChangedException">The tenant or role was changed since the first statement; it is rolled back.</exception>
    /// <exception cref="InvalidOperationException">It was committed or disposed before, or its first statement failed.</exception>
    /// <exception cref="PostgresException">25P02: a later statement failed, so there is nothing to commit.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        RequireOpen();
        if (_connection is not null)
        {
            if (!_isInForce)
                throw new InvalidOperationException("The first statement of this transaction failed, so there is nothing to commit.");
            await CheckedCommit.RunAsync(_connection, _transaction!, Context, _factory.Settings(Context).RoleOf(Context), cancellationToken).ConfigureAwait(false);
            _isCommitted = true;
        }

        _isEnded = true;
    }

    /// <summary>Rolls back what was not committed and returns the connection to its pool.</summary>
    public ValueTask DisposeAsync()
    {
        _isEnded = true;
        // Once only: Npgsql gives the transaction object to whoever gets the connection next, and a second dispose would roll back theirs.
        return Interlocked.Exchange(ref _connection, null) is { } connection
            ? WorkEnd.RunAsync(connection, _transaction!, resets: _factory.Settings(Context).ResetsConnection && !_isCommitted)
            : ValueTask.CompletedTask;
    }

    private async Task<T> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
    {
        var target = await BeginAsync(cancellationToken).ConfigureAwait(false);
        var result = await SessionCalls.RunAsync(target, statement, cancellationToken).ConfigureAwait(false);
        _isInForce = true;
        return result;
    }

    private async Task RunAsync(IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        await SessionCalls.RunAsync(await BeginAsync(cancellationToken).ConfigureAwait(false), statements, cancellationToken).ConfigureAwait(false);
        _isInForce = true;
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var target = await BeginAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var row in SessionCalls.StreamAsync(target, statement, cancellationToken).ConfigureAwait(false))
        {
            _isInForce = true;
            yield return row;
        }

        _isInForce = true;
    }

    /// <summary>The settings are sent until a round trip with them has succeeded; one that failed has failed the whole transaction.</summary>
    private async ValueTask<SessionTarget> BeginAsync(CancellationToken cancellationToken)
    {
        RequireOpen();
        if (_connection is null)
            await OpenAsync(cancellationToken).ConfigureAwait(false);
        return new SessionTarget(_connection!, _transaction, _isInForce ? null : _factory.Settings(Context), Context);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isOpening, 1) != 0)
            throw new InvalidOperationException("Another call of this transaction is in progress. It serves one caller at a time.");
        try
        {
            if (Context.Access == TenantAccess.Admin)
                await _factory.LogAdminAccessAsync(Context, cancellationToken).ConfigureAwait(false);
            var connection = await _factory.OpenRawAsync(Context, cancellationToken).ConfigureAwait(false);
            try
            {
                // No round trip: BEGIN travels with the first statement.
                _transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                _connection = connection;
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _isOpening = 0;
        }
    }

    private void RequireOpen()
    {
        if (_isEnded)
            throw new InvalidOperationException("This transaction was committed or disposed before. Begin another one for more work.");
    }
}
