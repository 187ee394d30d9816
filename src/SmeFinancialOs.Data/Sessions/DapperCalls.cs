using System.Collections;
using System.Data;
using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The calls of <see cref="ITenantSession"/> on a connection that is open and protected.</summary>
internal readonly struct DapperCalls(IDbConnection connection, IDbTransaction? transaction, TenantContext context)
{
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        try
        {
            return (await connection.QueryAsync<T>(Command(sql, parameters, cancellationToken)).ConfigureAwait(false)).AsList();
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
    }

    public async Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters, cancellationToken)).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
    }

    public async Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.ExecuteScalarAsync<T>(Command(sql, parameters, cancellationToken)).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
    }

    public async Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken)
    {
        // Dapper would run the statement once for each element, each time in a transaction of its own: a fault would leave it half-done.
        if (transaction is null && parameters is IEnumerable and not string and not IEnumerable<KeyValuePair<string, object>> and not SqlMapper.IDynamicParameters)
        {
            throw new ArgumentException(
                "A session runs a statement once. For many rows use INSERT .. SELECT FROM unnest(@arrays), or a unit of work (OpenConnectionAsync).", nameof(parameters));
        }

        try
        {
            return await connection.ExecuteAsync(Command(sql, parameters, cancellationToken)).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
    }

    private CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        return new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken);
    }
}
