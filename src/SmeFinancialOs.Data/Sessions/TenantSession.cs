using Npgsql;
using SmeFinancialOs.Data.Bulk;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Logins;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection from the pool for each call, a round trip for each call.</summary>
/// <param name="factory">What made it.</param>
/// <param name="source">That of its context.</param>
/// <param name="binding">Its context.</param>
internal sealed class TenantSession(TenantConnectionFactory factory, CheckedDataSource source, ContextBinding binding) : TenantSessionBase, IDisposable
{
    private readonly Telemetry _telemetry = source.Telemetry;
    private volatile bool _isLogged;

    public override TenantContext Context => binding.Context;

    /// <summary>The end of the service scope that it was injected into: what outlives a request has no tenant.</summary>
    public void Dispose() => binding.EndScope();

    internal override TableCatalog Tables => factory.Tables;

    internal override void RequireUsable() => binding.Require();

    internal override async Task AtomicallyAsync(Func<TenantSessionBase, Task> work, CancellationToken cancellationToken)
    {
        var transaction = factory.BeginTransaction(binding);
        await using var _ = transaction.ConfigureAwait(false);
        try
        {
            await work(transaction).ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(transaction).ConfigureAwait(false);
            throw;
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal override async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = _telemetry.StartTransaction(name, Context);
        try
        {
            try
            {
                await RunOnceAsync(statements, call, cancellationToken).ConfigureAwait(false);
            }
            catch (DatabaseUnavailableException fault) when (SessionCalls.MayRepeat(fault, statements))
            {
                SessionCalls.Renew(statements);
                await RunOnceAsync(statements, call, cancellationToken).ConfigureAwait(false);
            }

            call?.Succeed();
        }
        catch (Exception fault)
        {
            _telemetry.Failed(fault, Context, call);
            throw;
        }
    }

    internal override IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken) =>
        GuardedStream.ReadAsync(token => OpenStreamAsync(statement, token), binding, cancellationToken);

    /// <summary>COPY cannot ride in a batch: it gets a unit of work, three round trips.</summary>
    internal override async Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken)
    {
        binding.Require();
        CopyOut.Require(copyToCommand, destination);
        var work = await factory.OpenConnectionAsync(Context, cancellationToken).ConfigureAwait(false);
        await using var _ = work.ConfigureAwait(false);
        await work.CopyAsync(copyToCommand, destination, timeout, cancellationToken).ConfigureAwait(false);
        await work.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that it is meant. Where it cannot be said, the end of the transaction rolls back all the same.</summary>
    private static async Task RollBackAsync(TenantTransaction transaction)
    {
        try
        {
            await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is NpgsqlException or TenantDataException or InvalidOperationException)
        {
        }
    }

    private async Task RunOnceAsync(IReadOnlyList<Statement> statements, Operation? call, CancellationToken cancellationToken)
    {
        var connection = await LeaseAsync(Context, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        call?.Opened();
        var unread = await SessionCalls.RunAsync(connection, statements, cancellationToken).ConfigureAwait(false);
        foreach (var statement in statements)
            _telemetry.ColumnsUnmatched(statement);
        SessionCalls.RequireRead(unread, isCommitted: !Context.IsReadOnly);
    }

    private async Task<OpenStream<T>> OpenStreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken)
    {
        var call = _telemetry.StartTransaction(OperationName.Stream, Context);
        try
        {
            try
            {
                return await OpenStreamOnceAsync(statement, call, cancellationToken).ConfigureAwait(false);
            }
            catch (DatabaseUnavailableException fault) when (SessionCalls.MayRepeat(fault, [statement]))
            {
                statement.Renew();
                return await OpenStreamOnceAsync(statement, call, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception fault)
        {
            _telemetry.Failed(fault, Context, call);
            call?.Dispose();
            throw;
        }
    }

    private async Task<OpenStream<T>> OpenStreamOnceAsync<T>(RowsStatement<T> statement, Operation? call, CancellationToken cancellationToken)
    {
        // Read-only: it is committed before its caller has seen all of it.
        var connection = await LeaseAsync(Context.AsReadOnly(), cancellationToken).ConfigureAwait(false);
        connection.DetectLeak(connection.DisposeAsync, _telemetry, Context);
        call?.Opened();
        var stream = new RowStream<T>(connection, statement, Context, _telemetry, call);
        try
        {
            await stream.SendAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var rows = stream.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var guard = new ConcurrencyGuard();
        guard.Enter();
        // Where the guard is closed, the timer has ended it.
        return new(
            rows, connection, guard, new StreamIdleTimer(guard, _telemetry, Context, connection.Settings.StreamIdleTimeout, EndAsync),
            () => guard.Close() ? EndAsync() : ValueTask.CompletedTask);

        async ValueTask EndAsync()
        {
            try
            {
                await rows.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                call?.Dispose();
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <param name="context">This session's, or its read-only form.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    private async ValueTask<LeasedConnection> LeaseAsync(TenantContext context, CancellationToken cancellationToken)
    {
        binding.Require();
        // One entry for a session, however many calls it makes; two first calls at once may write two.
        if (context.Access == TenantAccess.Admin && !_isLogged)
        {
            await factory.LogAdminAccessAsync(Context, cancellationToken).ConfigureAwait(false);
            _isLogged = true;
        }

        return await source.LeaseAsync(context, cancellationToken).ConfigureAwait(false);
    }
}
