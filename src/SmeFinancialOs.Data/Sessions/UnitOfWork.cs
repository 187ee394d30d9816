using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection inside a transaction, and what can be done in it: the inside of <see cref="TenantConnection"/> and <see cref="TenantTransaction"/>.</summary>
internal sealed class UnitOfWork(
    NpgsqlConnection connection, NpgsqlTransaction transaction, TenantContext context, ContextSettings settings, Telemetry telemetry, Operation? operation) : IAsyncDisposable
{
    private bool _isCommitted;
    private int _isDisposed;

    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Transaction => transaction;

    public TenantContext Context => context;

    public bool IsDisposed => _isDisposed != 0;

    /// <summary>The settings are sent until a round trip with them has succeeded; one that failed has failed the whole transaction.</summary>
    public bool IsInForce { get; set; }

    private SessionTarget Target => new(connection, transaction, IsInForce ? null : settings, context);

    /// <summary>Puts the settings in force in a round trip of their own, if they are not.</summary>
    public async Task ApplySettingsAsync(CancellationToken cancellationToken)
    {
        if (IsInForce)
            return;
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
    }

    public async Task<T> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
    {
        await RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }

    public async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = telemetry.StartCall(name, context, operation);
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
    }

    public IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken) =>
        SessionCalls.StreamAsync(Target, statement, telemetry, operation, cancellationToken);

    public async Task CopyAsync(string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        using var call = telemetry.StartCall(OperationName.Copy, context, operation);
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
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
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
    }

    /// <summary>Rolls back what is not committed; its connection goes clean and back to its pool.</summary>
    public async ValueTask DisposeAsync()
    {
        // Once only: Npgsql gives the transaction object to whoever gets the connection next, and a second dispose would roll back theirs.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        operation?.Enter();
        try
        {
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
}
