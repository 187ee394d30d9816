using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A connection from the pool for each call, a round trip for each call.</summary>
internal sealed class TenantSession(TenantConnectionFactory factory, TenantContext context) : ITenantSession
{
    private volatile bool _isLogged;

    public TenantContext Context => context;

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await On(connection).QueryAsync<T>(sql, parameters, cancellationToken).ConfigureAwait(false);
    }

    public async Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await On(connection).QuerySingleOrDefaultAsync<T>(sql, parameters, cancellationToken).ConfigureAwait(false);
    }

    public async Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await On(connection).ExecuteScalarAsync<T>(sql, parameters, cancellationToken).ConfigureAwait(false);
    }

    public async Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await On(connection).ExecuteAsync(sql, parameters, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>COPY cannot ride in a batch: it gets a unit of work, three round trips.</summary>
    public async Task CopyToAsync(string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        var work = await factory.OpenConnectionAsync(context, cancellationToken).ConfigureAwait(false);
        await using var _ = work.ConfigureAwait(false);
        await work.CopyToAsync(copyCommand, destination, cancellationToken).ConfigureAwait(false);
        await work.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private DapperCalls On(NpgsqlConnection connection) => new(new SessionDbConnection(connection, factory.Settings(context), context), transaction: null, context);

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // One entry for a session, however many calls it makes; two first calls at once may write two.
        if (context.Access == TenantAccess.Admin && !_isLogged)
        {
            await factory.LogAdminAccessAsync(context, cancellationToken).ConfigureAwait(false);
            _isLogged = true;
        }

        return await factory.OpenRawAsync(context, cancellationToken).ConfigureAwait(false);
    }
}
