using Npgsql;
using SmeFinancialOs.Data.Bulk;
using SmeFinancialOs.Data.Sessions;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data;

/// <summary>
/// A unit of work: an open connection inside a transaction, with tenant and role in force. Rolled back on dispose unless committed: where rows were written,
/// with a warning (log event 304), unless its last call failed or <see cref="RollbackAsync"/> said that it is meant. Like the connection itself it serves one
/// caller at a time.
/// </summary>
public sealed class TenantConnection : TenantSessionBase, IAsyncDisposable
{
    private readonly UnitOfWork _work;
    private readonly ContextBinding _binding;

    internal TenantConnection(UnitOfWork work, ContextBinding binding, TableCatalog tables) => (_work, _binding, Tables) = (work, binding, tables);

    /// <summary>
    /// The connection, for Dapper or plain ADO.NET. Changing the role or <c>app.current_org_id</c> on it makes the commit fail. Keep this object for as long as
    /// you use it: once it was asked for, a unit of work that is never disposed cannot be returned to its pool (log event 303).
    /// </summary>
    /// <exception cref="ObjectDisposedException">The unit of work was disposed: the connection is somebody else's.</exception>
    /// <exception cref="CapturedSessionException">It was opened for the ambient context, and another one is in force.</exception>
    /// <exception cref="TenantContextMissingException">It was opened for the ambient context, and none is in force.</exception>
    public NpgsqlConnection Connection => Work.Connection;

    /// <summary>The transaction, for savepoints. Commit with <see cref="CommitAsync"/>, which checks what it commits.</summary>
    /// <exception cref="ObjectDisposedException">The unit of work was disposed: the transaction is somebody else's.</exception>
    /// <exception cref="CapturedSessionException">It was opened for the ambient context, and another one is in force.</exception>
    /// <exception cref="TenantContextMissingException">It was opened for the ambient context, and none is in force.</exception>
    public NpgsqlTransaction Transaction => Work.Transaction;

    /// <inheritdoc />
    public override TenantContext Context => _work.Context;

    internal override TableCatalog Tables { get; }

    private UnitOfWork Work
    {
        get
        {
            var work = Undisposed;
            _binding.Require();
            return work;
        }
    }

    private UnitOfWork Undisposed
    {
        get
        {
            ObjectDisposedException.ThrowIf(_work.IsDisposed, this);
            return _work;
        }
    }

    /// <summary>Makes the work permanent, in one round trip.</summary>
    /// <param name="cancellationToken">Cancelled while the server commits, the outcome is unknown, as with <see cref="CommitOutcomeUnknownException"/>.</param>
    /// <exception cref="CommitOutcomeUnknownException">The connection was lost while the server committed, or its wait for a standby was cut short.</exception>
    /// <exception cref="TenantContextChangedException">The tenant or role was changed since the unit of work was opened; it is rolled back.</exception>
    /// <exception cref="TransactionControlException">
    /// SQL on the raw connection has ended the transaction, or reset the role: a part may be committed.
    /// </exception>
    /// <exception cref="StalePreparedStatementException">SQL on the raw connection has taken away what was prepared; it is rolled back.</exception>
    /// <exception cref="InvalidOperationException">It was committed, rolled back or disposed before.</exception>
    /// <exception cref="PostgresException">25P02: an earlier statement failed, so there is nothing to commit.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        RequireNotEnded();
        await Undisposed.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the work back, in one round trip, and says that this is meant: <see cref="DisposeAsync"/> then logs no warning.</summary>
    /// <param name="cancellationToken">Ends the wait; the work is rolled back when this is disposed.</param>
    /// <exception cref="TransactionControlException">SQL on the raw connection has ended the transaction: a part may be committed.</exception>
    /// <exception cref="InvalidOperationException">It was committed, rolled back or disposed before.</exception>
    /// <exception cref="NpgsqlException">The connection was lost: the server rolls back by itself.</exception>
    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        RequireNotEnded();
        await Undisposed.RollbackAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Rolls back what was not committed and returns the connection to its pool. Waits for a call that is under way, and ends a stream or a COPY that is.
    /// </summary>
    public ValueTask DisposeAsync() => _work.DisposeAsync();

    internal override void RequireUsable() => _ = Work;

    internal override Task AtomicallyAsync(Func<TenantSessionBase, Task> work, CancellationToken cancellationToken) =>
        BehindSavepointAsync(work, cancellationToken);

    internal override Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken) =>
        Work.RunAsync(name, statements, cancellationToken);

    internal override IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken)
    {
        _ = Undisposed;
        return GuardedStream.ReadAsync(token => OpenStreamAsync(statement, token), _binding, cancellationToken);
    }

    internal override Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken) =>
        Work.CopyAsync(copyToCommand, destination, timeout, cancellationToken);

    private Task<OpenStream<T>> OpenStreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken)
    {
        _binding.Require();
        return _work.OpenStreamAsync(statement, cancellationToken);
    }

    private void RequireNotEnded()
    {
        if (_work.IsEnded)
            throw new InvalidOperationException("This unit of work was committed or rolled back before. Open another one for more work.");
    }
}
