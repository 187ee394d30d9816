using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data;

/// <summary>
/// Several statements, sent in one round trip and run in one transaction: all of them are committed, or none. Each gives a result that has its value when
/// <see cref="ExecuteAsync"/> has returned. For one use, by one caller.
/// </summary>
public sealed class TenantBatch
{
    private readonly Func<IReadOnlyList<Statement>, CancellationToken, Task> _run;
    private readonly List<Statement> _statements = [];
    private bool _isSent;

    internal TenantBatch(Func<IReadOnlyList<Statement>, CancellationToken, Task> run) => _run = run;

    internal bool IsExecuted { get; private set; }

    /// <summary>Adds a query whose rows are mapped to <typeparamref name="T"/>.</summary>
    /// <param name="sql">One statement, or several separated by semicolons.</param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <exception cref="ArgumentException">The parameters are a list, or expect to be written to, such as those with a direction other than input.</exception>
    /// <exception cref="InvalidOperationException">The batch was executed before.</exception>
    /// <exception cref="TransactionControlException">The text begins or ends a transaction.</exception>
    public TenantBatchResult<IReadOnlyList<T>> AddQuery<T>(string sql, object? parameters = null) => Add(new RowsStatement<T>(sql, parameters));

    /// <summary>Adds a query that gives at most one row; the default of <typeparamref name="T"/> when it gives none.</summary>
    /// <inheritdoc cref="AddQuery{T}"/>
    public TenantBatchResult<T?> AddQuerySingleOrDefault<T>(string sql, object? parameters = null) => Add(new SingleRowStatement<T>(sql, parameters));

    /// <summary>
    /// Adds a query that gives the first column of its first row; the default of <typeparamref name="T"/> when it gives no row. NULL is null, and for a type
    /// without null an error.
    /// </summary>
    /// <inheritdoc cref="AddQuery{T}"/>
    public TenantBatchResult<T?> AddExecuteScalar<T>(string sql, object? parameters = null) => Add(new ScalarStatement<T>(sql, parameters));

    /// <summary>Adds a statement that gives the number of rows it wrote.</summary>
    /// <param name="sql">One statement, or several separated by semicolons.</param>
    /// <param name="parameters">An object whose properties are the parameters, null, or a list of such objects: the statement then runs once for each.</param>
    /// <exception cref="ArgumentException">The parameters expect to be written to, such as those with a direction other than input.</exception>
    /// <exception cref="InvalidOperationException">The batch was executed before.</exception>
    public TenantBatchResult<int> AddExecute(string sql, object? parameters = null) => Add(new CountStatement(sql, parameters));

    /// <summary>Sends all statements and reads all results.</summary>
    /// <param name="cancellationToken">Cancels it on the server; nothing of it remains.</param>
    /// <exception cref="InvalidOperationException">The batch has no statements, or was executed before.</exception>
    /// <exception cref="System.Data.DataException">A row cannot be read as the type that was asked for.</exception>
    /// <exception cref="WorkCommittedException">
    /// Outside a unit of work, in a context that may write: all statements are committed, but one of the results could not be read, and none is given.
    /// </exception>
    /// <exception cref="CommitOutcomeUnknownException">Outside a unit of work: the connection was lost, or the wait for a standby was cut short.</exception>
    /// <exception cref="TenantDataException">
    /// A fault this library has a name for; every other one is the driver's own exception. No statement of the batch remains.
    /// </exception>
    public async Task ExecuteAsync(CancellationToken cancellationToken = default)
    {
        RequireUnsent();
        if (_statements.Count == 0)
            throw new InvalidOperationException("The batch has no statements. Add one first.");
        _isSent = true;
        await _run(_statements, cancellationToken).ConfigureAwait(false);
        IsExecuted = true;
    }

    private TenantBatchResult<T> Add<T>(Statement<T> statement)
    {
        RequireUnsent();
        _statements.Add(statement);
        return new TenantBatchResult<T>(this, statement);
    }

    private void RequireUnsent()
    {
        if (_isSent)
            throw new InvalidOperationException("This batch was executed before. Create another one.");
    }
}
