using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection inside a transaction, and what can be done in it: the inside of <see cref="TenantConnection"/> and <see cref="TenantTransaction"/>.</summary>
internal sealed class UnitOfWork(
    NpgsqlConnection connection, NpgsqlTransaction transaction, TenantContext context, ContextSettings settings, Telemetry telemetry, Operation? operation) : IAsyncDisposable
{
    private readonly CallGate _gate = new();
    private bool _isCommitted;
    private bool _isHandedOut;
    private IAsyncDisposable? _stream;
    private CancellationTokenSource? _copy;

    /// <summary>Its holder has let go of it without disposing it. Its connection would be missing from the pool for ever: Npgsql keeps no watch over that.</summary>
    ~UnitOfWork()
    {
        // A host that keeps the raw connection may be using it.
        if (_isHandedOut)
            Abandoned.Report(telemetry, context);
        else
            Abandoned.Release(EndAsync, telemetry, context);
    }

    /// <summary>Handed out: it can be used past everything here.</summary>
    public NpgsqlConnection Connection
    {
        get
        {
            _isHandedOut = true;
            return connection;
        }
    }

    /// <inheritdoc cref="Connection"/>
    public NpgsqlTransaction Transaction
    {
        get
        {
            _isHandedOut = true;
            return transaction;
        }
    }

    public TenantContext Context => context;

    public bool IsDisposed => _gate.IsClosed;

    /// <summary>The settings are sent until a round trip with them has succeeded; one that failed has failed the whole transaction.</summary>
    public bool IsInForce { get; set; }

    private SessionTarget Target => new(connection, transaction, IsInForce ? null : settings, context);

    /// <summary>Puts the settings in force in a round trip of their own, if they are not.</summary>
    public async Task ApplySettingsAsync(CancellationToken cancellationToken)
    {
        if (IsInForce)
            return;
        Enter();
        operation?.Enter();
        try
        {
            await settings.ApplyAsync(connection, transaction, context, cancellationToken).ConfigureAwait(false);
            IsInForce = true;
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, operation);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    public async Task<T> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
    {
        await RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }

    public async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = telemetry.StartCall(name, context, operation);
        Enter();
        try
        {
            await SessionCalls.RunAsync(Target, statements, cancellationToken).ConfigureAwait(false);
            IsInForce = true;
            call?.Succeed();
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, call);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    public async IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Enter();
        var rows = SessionCalls.StreamAsync(Target, statement, telemetry, operation, cancellationToken).GetAsyncEnumerator(cancellationToken);
        _stream = rows;
        try
        {
            while (true)
            {
                bool hasRow;
                try
                {
                    hasRow = await rows.MoveNextAsync().ConfigureAwait(false);
                    IsInForce = true;
                }
                finally
                {
                    _gate.Leave();
                }

                if (!hasRow)
                    break;
                yield return rows.Current;
                _gate.Enter();
            }
        }
        finally
        {
            // Else the end of the unit of work has ended it, and Npgsql may have given its reader to whoever has the connection now.
            if (await _gate.EnterAgainAsync().ConfigureAwait(false))
            {
                try
                {
                    _stream = null;
                    await rows.DisposeAsync().ConfigureAwait(false);
                }
                finally
                {
                    _gate.Leave();
                }
            }
        }
    }

    public async Task CopyAsync(string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        CopyOut.Require(copyCommand, destination);
        using var call = telemetry.StartCall(OperationName.Copy, context, operation);
        // Whoever reads the destination may have gone, and this unit of work end before it does: it must not wait for them.
        using var copy = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Enter();
        _copy = copy;
        try
        {
            await CopyOut.RunAsync(connection, context, copyCommand, destination, copy.Token).ConfigureAwait(false);
            call?.Succeed();
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, call);
            throw;
        }
        finally
        {
            _copy = null;
            _gate.Leave();
        }
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        Enter();
        operation?.Committing();
        try
        {
            await CheckedCommit.RunAsync(connection, transaction, context, settings.RoleOf(context), cancellationToken).ConfigureAwait(false);
            _isCommitted = true;
            operation?.Succeed();
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, operation);
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

    private async ValueTask EndAsync()
    {
        operation?.Enter();
        try
        {
            if (_stream is not null)
                await _stream.DisposeAsync().ConfigureAwait(false);
            await RawStatementAsync().ConfigureAwait(false);
            if (IsTransactionOurs())
                await transaction.DisposeAsync().ConfigureAwait(false);
            if (settings.ResetsConnection && !_isCommitted)
                await ConnectionReset.RunAsync(connection).ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            operation?.Dispose();
            if (!_isCommitted)
                telemetry.NotCommitted(context);
        }
    }

    /// <summary>
    /// Waits for a statement of the host's own on the raw connection. Npgsql would send the rollback beside it, and the two read each other's answers. A
    /// reader that is left open is nothing to wait for, but nobody may mistake its rows for his: its connection does not go back to the pool.
    /// </summary>
    private async ValueTask RawStatementAsync()
    {
        if (!_isHandedOut)
            return;
        const int tries = 20;
        for (var read = 0; read < tries && connection.FullState is var state && state != ConnectionState.Open && (state & ConnectionState.Open) != 0;)
        {
            if ((state & ConnectionState.Fetching) != 0)
                read++;
            await Task.Delay(5).ConfigureAwait(false);
        }

        if ((connection.FullState & ConnectionState.Fetching) != 0)
            NpgsqlConnection.ClearPool(connection);
    }

    /// <summary>A stream is a call that goes on between its rows.</summary>
    private void Enter()
    {
        _gate.Enter();
        if (_stream is null)
            return;
        _gate.Leave();
        throw new InvalidOperationException("A stream of this unit of work is open: read it to its end, or leave it, before the next call.");
    }

    private void CancelCopy()
    {
        try
        {
            _copy?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    /// <summary>
    /// Not any more when the host has closed the connection itself: Npgsql then gives the transaction object to whoever gets that connection next, and to
    /// dispose it would roll back theirs.
    /// </summary>
    private bool IsTransactionOurs()
    {
        try
        {
            return ReferenceEquals(transaction.Connection, connection);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
