using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection from the pool for each call, a round trip for each call.</summary>
internal sealed class TenantSession(TenantConnectionFactory factory, TenantContext context, ContextBinding binding) : ITenantSession, IDisposable
{
    private volatile bool _isLogged;

    public TenantContext Context => context;

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync(new RowsStatement<T>(sql, parameters), cancellationToken);

    public Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync(new SingleRowStatement<T>(sql, parameters), cancellationToken);

    public Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync(new ScalarStatement<T>(sql, parameters), cancellationToken);

    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync(new CountStatement(sql, parameters), cancellationToken);

    public IAsyncEnumerable<T> QueryUnbufferedAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        StreamAsync(new RowsStatement<T>(sql, parameters), cancellationToken);

    public TenantBatch CreateBatch() => new((statements, cancellationToken) => RunAsync(OperationName.Batch, statements, cancellationToken));

    /// <summary>COPY cannot ride in a batch: it gets a unit of work, three round trips.</summary>
    public async Task CopyToAsync(string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        binding.Require();
        CopyOut.Require(copyCommand, destination);
        var work = await factory.OpenConnectionAsync(context, cancellationToken).ConfigureAwait(false);
        await using var _ = work.ConfigureAwait(false);
        await work.CopyToAsync(copyCommand, destination, cancellationToken).ConfigureAwait(false);
        await work.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The end of the service scope that it was injected into: what outlives a request has no tenant.</summary>
    public void Dispose() => binding.EndScope();

    private async Task<T> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
    {
        await RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }

    private async Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        using var call = factory.Telemetry(context).StartTransaction(name, context);
        try
        {
            var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            call?.Opened();
            await SessionCalls.RunAsync(On(connection), statements, cancellationToken).ConfigureAwait(false);
            call?.Succeed();
        }
        catch (Exception fault)
        {
            factory.Telemetry(context).Failed(fault, context, call);
            throw;
        }
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var telemetry = factory.Telemetry(context);
        using var call = telemetry.StartTransaction(OperationName.Stream, context);
        NpgsqlConnection connection;
        try
        {
            connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, call);
            throw;
        }

        var lease = new StreamedConnection(connection, telemetry, context);
        await using var _ = lease.ConfigureAwait(false);
        call?.Opened();
        await foreach (var row in SessionCalls.StreamAsync(On(connection), statement, telemetry, call, cancellationToken).ConfigureAwait(false))
        {
            yield return row;
            binding.Require();
        }
    }

    private SessionTarget On(NpgsqlConnection connection)
    {
        var settings = factory.Settings(context);
        return new(connection, Transaction: null, settings, context, settings.IsBehindPooler);
    }

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
