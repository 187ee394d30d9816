using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Rows;
using SmeFinancialOs.Data.Sessions;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data;

/// <summary>
/// The calls that all sessions and units of work of this library have. Hosts use it as <see cref="ITenantSession"/>, and do not derive from it.
/// </summary>
public abstract class TenantSessionBase : ITenantSession
{
    private protected TenantSessionBase()
    {
    }

    /// <inheritdoc />
    public abstract TenantContext Context { get; }

    /// <inheritdoc />
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new RowsStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<TResult>> QueryAsync<T1, T2, TResult>(
        string sql, Func<T1, T2?, TResult> map, object? parameters = null, string splitOn = "Id", CancellationToken cancellationToken = default)
    {
        var parts = new JoinedRow(splitOn, typeof(T1), typeof(T2));
        ArgumentNullException.ThrowIfNull(map);
        return RunAsync(new RowsStatement<TResult>(sql, parameters, (reader, statement) => parts.Map<T1, T2, TResult>(reader, statement, map)), cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<TResult>> QueryAsync<T1, T2, T3, TResult>(
        string sql, Func<T1, T2?, T3?, TResult> map, object? parameters = null, string splitOn = "Id", CancellationToken cancellationToken = default)
    {
        var parts = new JoinedRow(splitOn, typeof(T1), typeof(T2), typeof(T3));
        ArgumentNullException.ThrowIfNull(map);
        return RunAsync(new RowsStatement<TResult>(sql, parameters, (reader, statement) => parts.Map<T1, T2, T3, TResult>(reader, statement, map)), cancellationToken);
    }

    /// <inheritdoc />
    public Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new SingleRowStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new ScalarStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        RunAsync(new CountStatement(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<T> QueryUnbufferedAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default) =>
        StreamAsync(new RowsStatement<T>(sql, parameters), cancellationToken);

    /// <inheritdoc />
    public TenantBatch CreateBatch() => new((statements, cancellationToken) => RunAsync(OperationName.Batch, statements, cancellationToken));

    /// <inheritdoc />
    public Task ExportAsync(string copyToCommand, Stream destination, CancellationToken cancellationToken = default) =>
        CopyAsync(copyToCommand, destination, timeout: null, cancellationToken);

    /// <inheritdoc />
    public ITenantSession WithTimeout(TimeSpan timeout) => new TimedSession(this, CallTimeout.Require(timeout));

    internal abstract Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken);

    internal abstract IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken);

    internal abstract Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken);

    private async Task<T> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
    {
        await RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }
}
