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

    /// <summary>Its holder has let go of it without disposing it. Its connection would be missing from the pool for ever: Npgsql keeps no watch over that.</summary>
    ~UnitOfWork() => Abandoned.Release(this, telemetry, context);

    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Transaction => transaction;

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
        _gate.Enter();
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
        _gate.Enter();
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
        var rows = SessionCalls.StreamAsync(Target, statement, telemetry, operation, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = rows.ConfigureAwait(false);
        while (true)
        {
            _gate.Enter();
            try
            {
                var hasRow = await rows.MoveNextAsync().ConfigureAwait(false);
                IsInForce = true;
                if (!hasRow)
                    yield break;
            }
            finally
            {
                _gate.Leave();
            }

            yield return rows.Current;
        }
    }

    public async Task CopyAsync(string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        using var call = telemetry.StartCall(OperationName.Copy, context, operation);
        _gate.Enter();
        try
        {
            await CopyOut.RunAsync(connection, context, copyCommand, destination, cancellationToken).ConfigureAwait(false);
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

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        _gate.Enter();
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

    /// <summary>Rolls back what is not committed, once a call that is under way has ended; its connection goes clean and back to its pool.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!await _gate.CloseAsync().ConfigureAwait(false))
            return;
        GC.SuppressFinalize(this);
        operation?.Enter();
        try
        {
            if (IsTransactionOurs())
                await transaction.DisposeAsync().ConfigureAwait(false);
            if (settings.ResetsConnection && !_isCommitted)
                await ConnectionReset.RunAsync(connection).ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (!_isCommitted)
                telemetry.NotCommitted(context);
            operation?.Dispose();
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
