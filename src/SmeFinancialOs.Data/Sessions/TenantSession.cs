using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection from the pool for each call, a round trip for each call.</summary>
internal sealed class TenantSession(TenantConnectionFactory factory, TenantContext context, ContextBinding binding) : TenantSessionBase, IDisposable
{
    private volatile bool _isLogged;

    public override TenantContext Context => context;

    /// <summary>The end of the service scope that it was injected into: what outlives a request has no tenant.</summary>
    public void Dispose() => binding.EndScope();

    internal override async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = factory.Telemetry(context).StartTransaction(name, context);
        try
        {
            try
            {
                await RunOnceAsync(statements, call, cancellationToken).ConfigureAwait(false);
            }
            catch (DatabaseUnavailableException ended) when (MayRepeat(ended, statements))
            {
                foreach (var statement in statements)
                    statement.Renew();
                await RunOnceAsync(statements, call, cancellationToken).ConfigureAwait(false);
            }

            call?.Succeed();
        }
        catch (Exception fault)
        {
            factory.Telemetry(context).Failed(fault, context, call);
            throw;
        }
    }

    /// <summary>COPY cannot ride in a batch: it gets a unit of work, three round trips.</summary>
    internal override async Task CopyAsync(string copyCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken)
    {
        binding.Require();
        CopyOut.Require(copyCommand, destination);
        var work = await factory.OpenConnectionAsync(context, cancellationToken).ConfigureAwait(false);
        await using var _ = work.ConfigureAwait(false);
        await work.CopyAsync(copyCommand, destination, timeout, cancellationToken).ConfigureAwait(false);
        await work.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunOnceAsync(IReadOnlyList<Statement> statements, Operation? call, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        call?.Opened();
        var outcome = await SessionCalls.RunAsync(On(connection), statements, cancellationToken).ConfigureAwait(false);
        outcome.RequireRead(isCommitted: !context.IsReadOnly);
    }

    internal override async IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var telemetry = factory.Telemetry(context);
        using var call = telemetry.StartTransaction(OperationName.Stream, context);
        StreamedConnection connection;
        RowStream<T> stream;
        try
        {
            connection = new StreamedConnection(await OpenAsync(cancellationToken).ConfigureAwait(false), telemetry, context);
            call?.Opened();
            stream = await SendAsync(connection, statement, telemetry, call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, call);
            throw;
        }

        var rows = stream.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var gate = new ConcurrencyGuard();
        gate.Enter();
        using var watch = new StreamIdleTimer(gate, telemetry, context, factory.Settings(context).StreamIdleTimeout, EndAsync);
        try
        {
            while (await rows.MoveNextAsync().ConfigureAwait(false))
            {
                var row = rows.Current;
                watch.HandOut();
                gate.Leave();
                yield return row;
                await gate.ResumeAsync().ConfigureAwait(false);
                binding.Require();
            }
        }
        finally
        {
            gate.Leave();
            // Else the watch ends it.
            if (gate.Close())
                await EndAsync().ConfigureAwait(false);
        }

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

    private async Task<RowStream<T>> SendAsync<T>(
        StreamedConnection connection, RowsStatement<T> statement, Telemetry telemetry, Operation? call, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                return await SendOnceAsync().ConfigureAwait(false);
            }
            catch (DatabaseUnavailableException ended) when (MayRepeat(ended, [statement]))
            {
                statement.Renew();
                await connection.ExchangeAsync(await OpenAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                return await SendOnceAsync().ConfigureAwait(false);
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        async Task<RowStream<T>> SendOnceAsync()
        {
            var stream = new RowStream<T>(On(connection.Connection), statement, telemetry, call);
            await stream.SendAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
    }

    /// <summary>Once more, on another connection, where the server had ended the session before anything was run.</summary>
    private static bool MayRepeat(DatabaseUnavailableException ended, IReadOnlyList<Statement> statements) =>
        ended.SqlState == PostgresErrorCodes.IdleSessionTimeout && statements.All(static statement => statement.IsRepeatable);

    private SessionTarget On(NpgsqlConnection connection) => new(connection, Transaction: null, factory.Settings(context), IsInForce: false, context);

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        binding.Require();
        // One entry for a session, however many calls it makes; two first calls at once may write two.
        if (context.Access == TenantAccess.Admin && !_isLogged)
        {
            await factory.LogAdminAccessAsync(context, cancellationToken).ConfigureAwait(false);
            _isLogged = true;
        }

        return await factory.OpenRawAsync(context, cancellationToken).ConfigureAwait(false);
    }
}
