using Npgsql;
using SmeFinancialOs.Data.Bulk;
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
        return RunAsync(new RowsStatement<TResult>(sql, parameters, (reader, statement) => parts.Map<T1, T2, TResult>(reader, statement, map)),
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<TResult>> QueryAsync<T1, T2, T3, TResult>(
        string sql, Func<T1, T2?, T3?, TResult> map, object? parameters = null, string splitOn = "Id", CancellationToken cancellationToken = default)
    {
        var parts = new JoinedRow(splitOn, typeof(T1), typeof(T2), typeof(T3));
        ArgumentNullException.ThrowIfNull(map);
        return RunAsync(new RowsStatement<TResult>(sql, parameters, (reader, statement) => parts.Map<T1, T2, T3, TResult>(reader, statement, map)),
            cancellationToken);
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
    public Task<long> InsertManyAsync<T>(string table, IEnumerable<T> rows, CancellationToken cancellationToken = default)
    {
        var name = TableName.Parse(table);
        ArgumentNullException.ThrowIfNull(rows);
        return BulkInsert<T>.RunAsync(this, name, rows.ToAsyncEnumerable(), cancellationToken);
    }

    /// <inheritdoc />
    public Task<long> InsertManyAsync<T>(string table, IAsyncEnumerable<T> rows, CancellationToken cancellationToken = default)
    {
        var name = TableName.Parse(table);
        ArgumentNullException.ThrowIfNull(rows);
        return BulkInsert<T>.RunAsync(this, name, rows, cancellationToken);
    }

    /// <inheritdoc />
    public TenantBatch CreateBatch() => new((statements, cancellationToken) => RunAsync(OperationName.Batch, statements, cancellationToken));

    /// <inheritdoc />
    public Task ExportAsync(string copyToCommand, Stream destination, CancellationToken cancellationToken = default) =>
        CopyAsync(copyToCommand, destination, timeout: null, cancellationToken);

    /// <inheritdoc />
    public ITenantSession WithTimeout(TimeSpan timeout) => new TimedSession(this, CallTimeout.Require(timeout));

    /// <summary>Tables of the database that were looked at.</summary>
    internal abstract TableCatalog Tables { get; }

    /// <summary>Throws where no call may be made.</summary>
    internal abstract void RequireUsable();

    /// <summary>Several calls of which all are done or none: in a transaction of their own, or behind a savepoint of this one.</summary>
    internal abstract Task AtomicallyAsync(Func<TenantSessionBase, Task> work, CancellationToken cancellationToken);

    internal abstract Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken);

    internal abstract IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken);

    internal abstract Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken);

    /// <summary>In a unit of work, whose holder may go on after a fault.</summary>
    private protected async Task BehindSavepointAsync(Func<TenantSessionBase, Task> work, CancellationToken cancellationToken)
    {
        await ExecuteAsync("SAVEPOINT sme_data_all_or_nothing", cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            await work(this).ConfigureAwait(false);
            await ExecuteAsync("RELEASE SAVEPOINT sme_data_all_or_nothing", cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            try
            {
                await ExecuteAsync("ROLLBACK TO SAVEPOINT sme_data_all_or_nothing", cancellationToken: CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is NpgsqlException or TenantDataException or InvalidOperationException)
            {
                // The connection is lost, or the unit of work was ended: nothing of it is committed.
            }

            throw;
        }
    }

    private async Task<T> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
    {
        await RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }
}
