using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// A connection inside a transaction, and what can be done in it: the inside of <see cref="TenantConnection"/> and <see cref="TenantTransaction"/>.
/// </summary>
internal sealed partial class UnitOfWork : IAsyncDisposable
{
    private readonly ConcurrencyGuard _guard = new();
    private readonly LeasedConnection _connection;
    private readonly Telemetry _telemetry;
    private readonly Operation? _operation;
    private readonly Activity? _caller;
    private volatile Ending _ending;

    /// <summary>Until a later call succeeds, behind a savepoint.</summary>
    private bool _hasFailed;

    /// <param name="connection">In a transaction that has begun.</param>
    /// <param name="telemetry">What is reported of it.</param>
    /// <param name="operation">The unit of work, as it is observed.</param>
    /// <param name="caller">What it was begun in.</param>
    public UnitOfWork(LeasedConnection connection, Telemetry telemetry, Operation? operation, Activity? caller)
    {
        (_connection, _telemetry, _operation, _caller) = (connection, telemetry, operation, caller);
        connection.DetectLeak(EndAsync, telemetry, connection.Context);
    }

    private enum Ending
    {
        None,
        Committed,
        RolledBack,
    }

    /// <summary>Handed out: it can be used past everything here.</summary>
    public NpgsqlConnection Connection
    {
        get
        {
            _guard.RequireOpen();
            return _connection.HandOut();
        }
    }

    /// <inheritdoc cref="Connection"/>
    public NpgsqlTransaction Transaction
    {
        get
        {
            _guard.RequireOpen();
            return _connection.HandOutTransaction();
        }
    }

    public TenantContext Context => _connection.Context;

    /// <summary>Whether a call has put the settings in force.</summary>
    public bool IsInForce => _connection.IsInForce;

    /// <summary>Whether it was committed, or rolled back because its holder has said so.</summary>
    public bool IsEnded => _ending != Ending.None;

    /// <summary>Whether its holder has disposed it. One that was ended otherwise says why at each call.</summary>
    public bool IsDisposed => _guard.IsClosed && !_guard.IsClosedForReason;

    /// <summary>Whether it ends without anybody having said how, while it could have written.</summary>
    private bool IsForgotten => IsInForce && !IsEnded && !_hasFailed && !Context.IsReadOnly;

    /// <summary>Puts the settings in force in a round trip of their own, if they are not.</summary>
    public async Task ApplySettingsAsync(CancellationToken cancellationToken)
    {
        if (IsInForce)
            return;
        await EnterAsync().ConfigureAwait(false);
        _operation?.Enter();
        try
        {
            await _connection.ApplySettingsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            Failed(fault, _operation);
            throw;
        }
        finally
        {
            _guard.Leave();
        }
    }

    public async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = _telemetry.StartCall(name, Context, _operation);
        await EnterAsync().ConfigureAwait(false);
        try
        {
            var unread = await SessionCalls.RunAsync(_connection, statements, cancellationToken).ConfigureAwait(false);
            _connection.IsInForce = true;
            foreach (var statement in statements)
                _telemetry.ColumnsUnmatched(statement);
            SessionCalls.RequireRead(unread, isCommitted: false);
            // Going back to a savepoint is not going on: the fault may be on its way to whoever disposes this.
            if (_hasFailed)
                _hasFailed = statements.All(static statement => statement.IsRollbackToSavepoint);
            call?.Succeed();
        }
        catch (Exception fault)
        {
            Failed(fault, call);
            throw;
        }
        finally
        {
            _guard.Leave();
        }
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        _operation?.Committing();
        try
        {
            await CheckedCommit.RunAsync(_connection, cancellationToken).ConfigureAwait(false);
            _ending = Ending.Committed;
            _operation?.Succeed();
        }
        catch (Exception fault)
        {
            Failed(fault, _operation);
            throw;
        }
        finally
        {
            _guard.Leave();
        }
    }

    /// <summary>Takes back what was done, because its holder says so.</summary>
    public async Task RollbackAsync(CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        _operation?.Enter();
        try
        {
            await _connection.RollbackAsync(cancellationToken).ConfigureAwait(false);
            _ending = Ending.RolledBack;
        }
        catch (Exception fault)
        {
            Failed(fault, _operation);
            throw;
        }
        finally
        {
            _guard.Leave();
        }
    }

    /// <summary>
    /// Rolls back what is not committed, once a call that is under way has ended; ends a stream that is open. The connection goes clean and back to its pool.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!_guard.Close())
            return;
        CancelCopy();
        await _guard.EmptyAsync().ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    private async ValueTask EndAsync()
    {
        _connection.StopLeakDetection();
        _operation?.Enter();
        var isCommitted = _ending == Ending.Committed;
        try
        {
            // Nobody wants the rest: it may have no end.
            _cancelStream?.Invoke();
            if (_stream is not null)
                await _stream.DisposeAsync().ConfigureAwait(false);
            await _connection.WaitForHostAsync().ConfigureAwait(false);
            if (IsForgotten && await _connection.RollBackWritesAsync().ConfigureAwait(false))
                _telemetry.CommitForgotten(Context, _caller);
            await _connection.EndTransactionAsync().ConfigureAwait(false);
            await _connection.CleanUpAsync(isCommitted).ConfigureAwait(false);
        }
        finally
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
            _operation?.Dispose();
            if (!isCommitted)
                _telemetry.NotCommitted(Context);
        }
    }

    private void Failed(Exception fault, Operation? observed)
    {
        _hasFailed = true;
        _telemetry.Failed(fault, Context, observed);
    }

    /// <summary>A stream is a call that goes on between its rows.</summary>
    private ValueTask EnterAsync()
    {
        _guard.Enter();
        if (_stream is null)
            return _connection.ForgetBeforeCallAsync();
        _guard.Leave();
        throw new InvalidOperationException("A stream of this unit of work is open: read it to its end, or leave it, before the next call.");
    }
}
