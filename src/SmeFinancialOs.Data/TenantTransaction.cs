using Npgsql;
using SmeFinancialOs.Data.Bulk;
using SmeFinancialOs.Data.Sessions;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data;

/// <summary>
/// A unit of work that costs no round trip to open: BEGIN, tenant and role travel with its first statement. It hands out no connection, so there is
/// none that could be used before they are in force. Rolled back on dispose unless committed: where rows were written, with a warning (log event 304), unless
/// its last call failed or <see cref="RollbackAsync"/> said that it is meant. It serves one caller at a time.
/// </summary>
public sealed class TenantTransaction : TenantSessionBase, IAsyncDisposable
{
    private readonly TenantConnectionFactory _factory;
    private readonly ContextBinding _binding;
    private readonly TransactionCharacteristics _characteristics;
    private volatile UnitOfWork? _work;
    private int _isOpening;
    private volatile bool _isEndedUnused;
    private volatile bool _isDisposed;

    internal TenantTransaction(TenantConnectionFactory factory, ContextBinding binding, TransactionCharacteristics characteristics) =>
        (_factory, _binding, _characteristics) = (factory, binding, characteristics);

    /// <inheritdoc />
    public override TenantContext Context => _binding.Context;

    /// <summary>Makes the work permanent, in one round trip; in none where no statement was run.</summary>
    /// <param name="cancellationToken">Cancelled while the server commits, the outcome is unknown, as with <see cref="CommitOutcomeUnknownException"/>.</param>
    /// <exception cref="CommitOutcomeUnknownException">The connection was lost while the server committed, or its wait for a standby was cut short.</exception>
    /// <exception cref="TenantContextChangedException">The tenant or role was changed since the first statement; it is rolled back.</exception>
    /// <exception cref="InvalidOperationException">It was committed, rolled back or disposed before, or its first statement failed.</exception>
    /// <exception cref="PostgresException">25P02: a later statement failed, so there is nothing to commit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        RequireOpen();
        cancellationToken.ThrowIfCancellationRequested();
        if (EndUnused())
            return;
        if (!_work!.IsInForce)
            throw new InvalidOperationException("The first statement of this transaction failed, so there is nothing to commit.");
        await _work.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes the work back, in one round trip, and says that this is meant: <see cref="DisposeAsync"/> then logs no warning. In none where
    /// no statement was run.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; the work is rolled back when this is disposed.</param>
    /// <exception cref="InvalidOperationException">It was committed, rolled back or disposed before.</exception>
    /// <exception cref="NpgsqlException">The connection was lost: the server rolls back by itself.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        RequireOpen();
        cancellationToken.ThrowIfCancellationRequested();
        if (EndUnused())
            return;
        await _work!.RollbackAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Rolls back what was not committed and returns the connection to its pool. Waits for a call that is under way, and ends a stream or a COPY that is.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Interlocked.MemoryBarrier();
        return _work?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    internal override TableCatalog Tables => _factory.Tables;

    internal override Task AtomicallyAsync(Func<TenantSessionBase, Task> work, CancellationToken cancellationToken) =>
        BehindSavepointAsync(work, cancellationToken);

    internal override void RequireUsable()
    {
        RequireOpen();
        _binding.Require();
    }

    internal override async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        RequireUsable();
        // Empty lists of parameters: nothing would be sent, and nothing be in force after it.
        if (statements.All(statement => statement.Commands.Count == 0))
            return;
        await BeginWithAsync(statements, Run, cancellationToken).ConfigureAwait(false);

        async Task<bool> Run(UnitOfWork work)
        {
            await work.RunAsync(name, statements, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    internal override IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken) =>
        GuardedStream.ReadAsync(token => OpenStreamAsync(statement, token), _binding, cancellationToken);

    internal override async Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken)
    {
        RequireUsable();
        CopyOut.Require(copyToCommand, destination);
        // COPY cannot ride in a batch: where it comes first, the settings go ahead of it.
        var work = await BeginWithAsync([], Apply, cancellationToken).ConfigureAwait(false);
        await work.CopyAsync(copyToCommand, destination, timeout, cancellationToken).ConfigureAwait(false);

        async Task<UnitOfWork> Apply(UnitOfWork work)
        {
            await work.ApplySettingsAsync(cancellationToken).ConfigureAwait(false);
            return work;
        }
    }

    private async Task<OpenStream<T>> OpenStreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken)
    {
        RequireUsable();
        return await BeginWithAsync([statement], work => work.OpenStreamAsync(statement, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a call, and begins for it where it is the first. It begins once more, on another connection, where the server had ended the session before
    /// anything was run.
    /// </summary>
    private async Task<TResult> BeginWithAsync<TResult>(
        IReadOnlyList<Statement> statements, Func<UnitOfWork, Task<TResult>> call, CancellationToken cancellationToken)
    {
        var work = await BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await call(work).ConfigureAwait(false);
        }
        catch (DatabaseUnavailableException fault) when (!work.IsInForce && SessionCalls.MayRepeat(fault, statements))
        {
            SessionCalls.Renew(statements);
            return await call(await BeginAgainAsync(work, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken)
    {
        RequireOpen();
        if (_work is not null)
            return _work;
        TakeOpening();
        try
        {
            return _work ?? await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _isOpening = 0;
        }
    }

    private async ValueTask<UnitOfWork> BeginAgainAsync(UnitOfWork ended, CancellationToken cancellationToken)
    {
        TakeOpening();
        try
        {
            // It stays until there is another one: without it a commit would take this for a transaction in which nothing was run.
            await ended.DisposeAsync().ConfigureAwait(false);
            RequireOpen();
            return await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _isOpening = 0;
        }
    }

    /// <summary>While nobody else can: the opening is taken.</summary>
    private async ValueTask<UnitOfWork> OpenAsync(CancellationToken cancellationToken)
    {
        var work = await _factory.BeginAsync(Context, _characteristics, cancellationToken).ConfigureAwait(false);
        _work = work;
        Interlocked.MemoryBarrier();
        if (!_isDisposed)
            return work;
        // Ended meanwhile, by somebody who found nothing to end.
        await work.DisposeAsync().ConfigureAwait(false);
        RequireOpen();
        return work;
    }

    /// <summary>Ends it where no statement was run: a first call cannot slip in behind.</summary>
    private bool EndUnused()
    {
        if (_work is not null)
            return false;
        TakeOpening();
        if (_work is null)
            return _isEndedUnused = true;
        _isOpening = 0;
        return false;
    }

    private void TakeOpening()
    {
        if (Interlocked.Exchange(ref _isOpening, 1) != 0)
            throw new InvalidOperationException("Another call of this transaction is in progress. It serves one caller at a time.");
    }

    private void RequireOpen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isEndedUnused || _work is { IsEnded: true })
            throw new InvalidOperationException("This transaction was committed or rolled back before. Begin another one for more work.");
    }
}
