using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection inside a transaction, and what can be done in it: the inside of <see cref="TenantConnection"/> and <see cref="TenantTransaction"/>.</summary>
internal sealed partial class UnitOfWork(
    NpgsqlConnection connection,
    NpgsqlTransaction transaction,
    TenantContext context,
    ContextSettings settings,
    Telemetry telemetry,
    Operation? operation,
    Activity? caller) : IAsyncDisposable
{
    private readonly ConcurrencyGuard _gate = new();
    private readonly HalfPreparedStatement? _failed = settings.PreparesStatements ? new() : null;
    private bool _isCommitted;
    private bool _isRolledBack;
    private bool _hasFailed;
    private bool _isHandedOut;
    private bool _isPreparedTouched;
    private bool _mayPrepareBySql;

    /// <summary>Its holder has let go of it without disposing it. Its connection would be missing from the pool for ever: Npgsql keeps no watch over that.</summary>
    ~UnitOfWork()
    {
        // It was ended because of a stream.
        if (_gate.IsClosed)
            return;
        // A host that keeps the raw connection may be using it.
        if (_isHandedOut)
            Abandoned.Report(telemetry, context);
        else
            Abandoned.Release(connection, EndAsync, telemetry, context);
    }

    /// <summary>Handed out: it can be used past everything here.</summary>
    public NpgsqlConnection Connection
    {
        get
        {
            _gate.RequireOpen();
            _isHandedOut = _mayPrepareBySql = true;
            return connection;
        }
    }

    /// <inheritdoc cref="Connection"/>
    public NpgsqlTransaction Transaction
    {
        get
        {
            _gate.RequireOpen();
            _isHandedOut = _mayPrepareBySql = true;
            return transaction;
        }
    }

    public TenantContext Context => context;

    /// <summary>Whether its holder has disposed it. One that was ended otherwise says why at each call.</summary>
    public bool IsDisposed => _gate.IsClosed && !_gate.IsClosedForReason;

    public bool IsDeferrable { get; init; }

    /// <summary>The settings are sent until a round trip with them has succeeded; one that failed has failed the whole transaction.</summary>
    public bool IsInForce { get; set; }

    private SessionTarget Target => new(connection, transaction, settings, IsInForce, context, _failed, IsDeferrable);

    /// <summary>Puts the settings in force in a round trip of their own, if they are not.</summary>
    public async Task ApplySettingsAsync(CancellationToken cancellationToken)
    {
        if (IsInForce)
            return;
        await EnterAsync().ConfigureAwait(false);
        operation?.Enter();
        try
        {
            await ContextSettings.ApplyAsync(Target, cancellationToken).ConfigureAwait(false);
            IsInForce = true;
        }
        catch (Exception fault)
        {
            Failed(fault, operation);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    public async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = telemetry.StartCall(name, context, operation);
        await EnterAsync().ConfigureAwait(false);
        // Until the server has told, at the end of the call.
        var wasInDoubt = _mayPrepareBySql;
        _mayPrepareBySql |= statements.Any(static statement => !statement.IsOfRows);
        try
        {
            var outcome = await SessionCalls.RunAsync(Target, statements, cancellationToken).ConfigureAwait(false);
            IsInForce = true;
            if (outcome.IsPreparedUntouched is { } isUntouched)
                (_isPreparedTouched, _mayPrepareBySql) = (_isPreparedTouched || !isUntouched, wasInDoubt);
            outcome.RequireRead(isCommitted: false);
            call?.Succeed();
        }
        catch (Exception fault)
        {
            Failed(fault, call);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        operation?.Committing();
        try
        {
            var prepared = _mayPrepareBySql && settings.PreparesStatements ? new PreparedNames() : null;
            await CheckedCommit.RunAsync(Target, prepared, cancellationToken).ConfigureAwait(false);
            _isPreparedTouched |= prepared is { AreUntouched: not true };
            _isCommitted = true;
            // Until the connection is asked for once more.
            _mayPrepareBySql = false;
            operation?.Succeed();
        }
        catch (Exception fault)
        {
            Failed(fault, operation);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Takes back what was done, because its holder says so.</summary>
    public async Task RollbackAsync(CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        operation?.Enter();
        try
        {
            if (!RawConnection.IsInTransaction(connection, transaction))
                throw FaultTranslation.EndedBySql();
            await transaction.RollbackAsync(cancellationToken).ConfigureAwait(false);
            _isRolledBack = true;
        }
        catch (Exception fault)
        {
            Failed(fault, operation);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>
    /// Rolls back what is not committed, once a call that is under way has ended; ends a stream that is open. The connection goes clean and back to its pool.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!_gate.Close())
            return;
        CancelCopy();
        await _gate.EmptyAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Whether it ends without anybody having said how, while it could have written.</summary>
    private bool IsForgotten => IsInForce && !_isCommitted && !_isRolledBack && !_hasFailed && !context.IsReadOnly;

    private async ValueTask EndAsync()
    {
        operation?.Enter();
        try
        {
            // Nobody wants the rest: it may have no end.
            _cancelStream?.Invoke();
            if (_stream is not null)
                await _stream.DisposeAsync().ConfigureAwait(false);
            if (_isHandedOut)
                await RawConnection.WaitAsync(connection).ConfigureAwait(false);
            if (RawConnection.Has(connection, transaction))
            {
                if (IsForgotten && await UncommittedWrites.RollBackAsync(connection, transaction).ConfigureAwait(false))
                    telemetry.CommitForgotten(context, caller);
                await transaction.DisposeAsync().ConfigureAwait(false);
            }

            ForgetTouched();
            if (_mayPrepareBySql && settings.PreparesStatements)
                await new PreparedNames().ForgetTouchedAsync(connection).ConfigureAwait(false);
            if (settings.ResetsConnection && !_isCommitted)
                await ConnectionReset.RunAsync(connection, _failed).ConfigureAwait(false);
            else if (_failed is not null)
                await _failed.ForgetAsync(connection).ConfigureAwait(false);
        }
        finally
        {
            await ConnectionReturn.RunAsync(connection).ConfigureAwait(false);
            operation?.Dispose();
            if (!_isCommitted)
                telemetry.NotCommitted(context);
        }
    }

    private void Failed(Exception fault, Operation? observed)
    {
        _hasFailed = true;
        telemetry.Failed(fault, context, observed);
    }

    /// <summary>As soon as it can be done: ahead of the next call, which may be behind a savepoint, or once the transaction has ended.</summary>
    private void ForgetTouched()
    {
        if (_isPreparedTouched)
            _isPreparedTouched = !PreparedStatements.TryForget(connection);
    }

    /// <summary>A stream is a call that goes on between its rows.</summary>
    private ValueTask EnterAsync()
    {
        _gate.Enter();
        if (_stream is null)
        {
            ForgetTouched();
            return _failed?.ForgetAsync(connection) ?? ValueTask.CompletedTask;
        }

        _gate.Leave();
        throw new InvalidOperationException("A stream of this unit of work is open: read it to its end, or leave it, before the next call.");
    }
}
