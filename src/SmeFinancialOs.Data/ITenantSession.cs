namespace SmeFinancialOs.Data;

/// <summary>
/// SQL under one tenant context, mapped by Dapper. From <see cref="TenantConnectionFactory.CreateSession(TenantContext)"/> every call is one
/// round trip and a transaction of its own; a <see cref="TenantConnection"/> offers the same calls inside its unit of work.
/// </summary>
public interface ITenantSession
{
    /// <summary>The context every call of this session runs under.</summary>
    TenantContext Context { get; }

    /// <summary>Runs a query and maps each row to <typeparamref name="T"/>.</summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction, and the first result counts.</param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <param name="cancellationToken">Cancels the statement on the server. Of a write outside a unit of work it is then unknown whether it was committed.</param>
    /// <exception cref="WorkCommittedException">
    /// Outside a unit of work, in a context that may write: the result could not be read, and what was written is committed. Elsewhere the fault itself is thrown.
    /// </exception>
    /// <exception cref="CommitOutcomeUnknownException">Outside a unit of work: the connection was lost, or the wait for a standby was cut short.</exception>
    /// <exception cref="TransactionControlException">The text begins or ends a transaction, and nothing was sent; or a procedure tried to, and all was rolled back.</exception>
    /// <exception cref="StalePreparedStatementException">What was prepared was out of date, twice or inside a unit of work; nothing was committed.</exception>
    /// <exception cref="ArgumentException">The text is blank, or has comments alone.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a query that gives at most one row; the default of <typeparamref name="T"/> when it gives none.</summary>
    /// <inheritdoc cref="QueryAsync{T}"/>
    /// <exception cref="InvalidOperationException">The query gives more than one row; see <see cref="WorkCommittedException"/>.</exception>
    Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a query and gives the first column of its first row.</summary>
    /// <inheritdoc cref="QueryAsync{T}"/>
    Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a statement and gives the number of rows it wrote.</summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction.</param>
    /// <param name="parameters">
    /// An object whose properties are the parameters, null, or a list of such objects: the statement then runs once for each, all in one round trip and
    /// one transaction.
    /// </param>
    /// <param name="cancellationToken">Cancels the statement on the server. Of a write outside a unit of work it is then unknown whether it was committed.</param>
    /// <returns>The rows that INSERT, UPDATE, DELETE and MERGE wrote, of all statements together; -1 where there was no such statement.</returns>
    /// <exception cref="CommitOutcomeUnknownException">Outside a unit of work: the connection was lost, or the wait for a standby was cut short.</exception>
    /// <exception cref="TransactionControlException">The text begins or ends a transaction, and nothing was sent; or a procedure tried to, and all was rolled back.</exception>
    /// <exception cref="StalePreparedStatementException">What was prepared was out of date, twice or inside a unit of work; nothing was committed.</exception>
    /// <exception cref="ArgumentException">The text is blank, or has comments alone; or a set of parameters is null.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a query and gives each row when it arrives, without holding them in memory. The connection is in use, and a transaction open, until the
    /// enumeration ends. Outside a unit of work that transaction is read-only, and leaving the enumeration early cancels the query; a unit of work reads on to the end.
    /// </summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction, and the first result counts.</param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <param name="cancellationToken">Cancels the statement on the server.</param>
    /// <exception cref="TenantAccessDeniedException">Outside a unit of work: the query writes (25006). Stream it in a unit of work, which decides when to commit.</exception>
    /// <exception cref="TransactionControlException">The text begins or ends a transaction, and nothing was sent.</exception>
    /// <exception cref="StalePreparedStatementException">What was prepared was out of date, twice or inside a unit of work; nothing was committed.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    IAsyncEnumerable<T> QueryUnbufferedAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Several statements for one round trip and one transaction, each with parameters and a result of its own. Nothing is sent yet.</summary>
    TenantBatch CreateBatch();

    /// <summary>Runs a <c>COPY (..) TO STDOUT</c> in text or csv format and writes it to a stream as it arrives, in UTF-8.</summary>
    /// <param name="copyCommand">The COPY statement; it takes no parameters, and row-level security filters it.</param>
    /// <param name="destination">Where the bytes go; it stays open.</param>
    /// <param name="cancellationToken">Cancels the statement on the server.</param>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task CopyToAsync(string copyCommand, Stream destination, CancellationToken cancellationToken = default);
}
