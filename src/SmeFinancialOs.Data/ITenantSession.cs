namespace SmeFinancialOs.Data;

/// <summary>
/// SQL under one tenant context, mapped by Dapper. From <see cref="TenantConnectionFactory.CreateSession(TenantContext)"/> every call is one
/// round trip and a transaction of its own; a <see cref="TenantConnection"/> offers the same calls inside its unit of work.
/// </summary>
public interface ITenantSession
{
    /// <summary>The context every call of this session runs under.</summary>
    TenantContext Context { get; }

    /// <summary>
    /// Runs a query and maps each row to <typeparamref name="T"/>, as Dapper does: a column fills the member of its name, NULL leaves a member as it is.
    /// </summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction, and the first result counts.</param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <param name="cancellationToken">
    /// Cancels the statement on the server. Of a write outside a unit of work it is then unknown whether it was committed.
    /// </param>
    /// <exception cref="System.Data.DataException">
    /// A row cannot be read as <typeparamref name="T"/>: its value is of another type, it is NULL and <typeparamref name="T"/> has no null, or no column is a
    /// member of it.
    /// </exception>
    /// <exception cref="UnknownDatabaseTypeException">
    /// A column or a parameter has a type that was created after the data source had read the types of the database.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The text is blank or has comments alone; or the parameters are a list, or expect to be written to, such as those with a direction other than input.
    /// </exception>
    /// <exception cref="WorkCommittedException">
    /// Outside a unit of work, in a context that may write: the result could not be read, and what was written is committed. Elsewhere the
    /// fault itself is thrown.
    /// </exception>
    /// <exception cref="CommitOutcomeUnknownException">Outside a unit of work: the connection was lost, or the wait for a standby was cut short.</exception>
    /// <exception cref="TransactionControlException">
    /// The text begins or ends a transaction, and nothing was sent; or a procedure tried to, and all was rolled back.
    /// </exception>
    /// <exception cref="StalePreparedStatementException">What was prepared was out of date, twice or inside a unit of work; nothing was committed.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a join and maps the columns of each row to two objects. As in Dapper, the second one begins at the column named <paramref name="splitOn"/>, and is
    /// null where that column is NULL, as behind a LEFT JOIN.
    /// </summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction, and the first result counts.</param>
    /// <param name="map">
    /// Makes the result of a row's two objects. An exception of it is thrown by the call as <see cref="System.Data.DataException"/> is.
    /// </param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <param name="splitOn">The column at which the second object begins, in any case.</param>
    /// <param name="cancellationToken">
    /// Cancels the statement on the server. Of a write outside a unit of work it is then unknown whether it was committed.
    /// </param>
    /// <inheritdoc cref="QueryAsync{T}(string, object?, CancellationToken)"/>
    /// <exception cref="ArgumentException">
    /// The text, or <paramref name="splitOn"/>, is blank; or the parameters are a list, or expect to be written to.
    /// </exception>
    Task<IReadOnlyList<TResult>> QueryAsync<T1, T2, TResult>(
        string sql, Func<T1, T2?, TResult> map, object? parameters = null, string splitOn = "Id", CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a join and maps the columns of each row to three objects. The second and the third one begin at the columns named <paramref name="splitOn"/>.
    /// </summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction, and the first result counts.</param>
    /// <param name="map">
    /// Makes the result of a row's three objects. An exception of it is thrown by the call as <see cref="System.Data.DataException"/> is.
    /// </param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <param name="splitOn">The columns at which the second and the third object begin, separated by a comma; one name where it is the same.</param>
    /// <param name="cancellationToken">
    /// Cancels the statement on the server. Of a write outside a unit of work it is then unknown whether it was committed.
    /// </param>
    /// <inheritdoc cref="QueryAsync{T1, T2, TResult}"/>
    Task<IReadOnlyList<TResult>> QueryAsync<T1, T2, T3, TResult>(
        string sql, Func<T1, T2?, T3?, TResult> map, object? parameters = null, string splitOn = "Id", CancellationToken cancellationToken = default);

    /// <summary>Runs a query that gives at most one row; the default of <typeparamref name="T"/> when it gives none.</summary>
    /// <inheritdoc cref="QueryAsync{T}(string, object?, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">The query gives more than one row; see <see cref="WorkCommittedException"/>.</exception>
    Task<T?> QuerySingleOrDefaultAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a query and gives the first column of its first row, converted as Dapper converts a scalar; the default of <typeparamref name="T"/> when it gives
    /// no row. NULL is null, and for a type without null an error.
    /// </summary>
    /// <inheritdoc cref="QueryAsync{T}(string, object?, CancellationToken)"/>
    Task<T?> ExecuteScalarAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a statement and gives the number of rows it wrote.</summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction.</param>
    /// <param name="parameters">
    /// An object whose properties are the parameters, null, or a list of such objects: the statement then runs once for each, all in one round
    /// trip and one transaction.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancels the statement on the server. Of a write outside a unit of work it is then unknown whether it was committed.
    /// </param>
    /// <returns>The rows that INSERT, UPDATE, DELETE and MERGE wrote, of all statements together; -1 where there was no such statement.</returns>
    /// <exception cref="CommitOutcomeUnknownException">Outside a unit of work: the connection was lost, or the wait for a standby was cut short.</exception>
    /// <exception cref="TransactionControlException">
    /// The text begins or ends a transaction, and nothing was sent; or a procedure tried to, and all was rolled back.
    /// </exception>
    /// <exception cref="StalePreparedStatementException">What was prepared was out of date, twice or inside a unit of work; nothing was committed.</exception>
    /// <exception cref="ArgumentException">The text is blank or has comments alone; or a set of parameters is null, or expects to be written to.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a query and gives each row when it arrives, without holding them in memory. The connection is in use, and a transaction open, until the enumeration
    /// ends. Outside a unit of work that transaction is read-only, and leaving the enumeration early cancels the query; a unit of work reads on to the end.
    /// </summary>
    /// <param name="sql">One statement, or several separated by semicolons; they run in one transaction, and the first result counts.</param>
    /// <param name="parameters">An object whose properties are the parameters, or null.</param>
    /// <param name="cancellationToken">Cancels the statement on the server.</param>
    /// <exception cref="TenantAccessDeniedException">
    /// Outside a unit of work: the query writes (25006). Stream it in a unit of work, which decides when to commit.
    /// </exception>
    /// <exception cref="TransactionControlException">The text begins or ends a transaction, and nothing was sent.</exception>
    /// <exception cref="StalePreparedStatementException">What was prepared was out of date, twice or inside a unit of work; nothing was committed.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    IAsyncEnumerable<T> QueryUnbufferedAsync<T>(string sql, object? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes many rows to a table: all of them or none. A property goes to the column of its name, in snake_case or as it is written; columns that no property
    /// is get their defaults, such as the tenant column its organization. Triggers and row-level security apply as to any INSERT.
    /// </summary>
    /// <param name="table">
    /// The table with its schema, as in <c>shop.orders</c> or <c>"Shop"."Orders"</c>. It need not be a protected one: the role of the context needs INSERT
    /// on it.
    /// </param>
    /// <param name="rows">
    /// The rows, objects with public properties; read once, and sent 5,000 at a time. Outside of a unit of work up to that many are one round trip. Of more, a
    /// transaction is open while the rest is read.
    /// </param>
    /// <param name="cancellationToken">Cancels it; nothing of it remains.</param>
    /// <returns>How many rows were written. Those that a trigger passes over do not count.</returns>
    /// <exception cref="ArgumentException">The name is no name with a schema, or a row is null.</exception>
    /// <exception cref="ColumnMismatchException">
    /// There is no such table, a property is no column of it, one that is generated or one of another type, or a column that is NOT NULL without a default is
    /// missing. The message names each.
    /// </exception>
    /// <exception cref="InvalidValueException">A value is not allowed in its column.</exception>
    /// <exception cref="StalePreparedStatementException">The columns were changed since this host looked at them: do the work again.</exception>
    /// <exception cref="TenantAccessDeniedException">A row is another tenant's.</exception>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    /// <exception cref="MissingPrivilegeException">The role of the context may not write to the table.</exception>
    /// <exception cref="CommitOutcomeUnknownException">Outside a unit of work: the connection was lost, or the wait for a standby was cut short.</exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task<long> InsertManyAsync<T>(string table, IEnumerable<T> rows, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes many rows to a table while they arrive: all of them or none. A transaction is open while they do, once there are more than 5,000.
    /// </summary>
    /// <inheritdoc cref="InsertManyAsync{T}(string, IEnumerable{T}, CancellationToken)"/>
    Task<long> InsertManyAsync<T>(string table, IAsyncEnumerable<T> rows, CancellationToken cancellationToken = default);

    /// <summary>Several statements for one round trip and one transaction, each with parameters and a result of its own. Nothing is sent yet.</summary>
    TenantBatch CreateBatch();

    /// <summary>
    /// Runs a <c>COPY (..) TO STDOUT</c> in text or csv format and writes it to a stream as it arrives, byte for byte: in UTF-8, unless its ENCODING or the
    /// connection's client_encoding is another.
    /// </summary>
    /// <param name="copyToCommand">The COPY statement; it takes no parameters, and row-level security filters it.</param>
    /// <param name="destination">Where the bytes go; it stays open.</param>
    /// <param name="cancellationToken">Cancels the statement on the server.</param>
    /// <exception cref="ArgumentException">
    /// The command is no <c>COPY .. TO STDOUT</c>, or is one in binary format, which ends its connection and a unit of work with it.
    /// </exception>
    /// <exception cref="TenantDataException">A fault this library has a name for; every other one is the driver's own exception.</exception>
    Task ExportAsync(string copyToCommand, Stream destination, CancellationToken cancellationToken = default);

    /// <summary>
    /// The same session, or unit of work, whose calls have another timeout: each statement is cancelled by the server when it takes longer (<see
    /// cref="Npgsql.PostgresException"/> 57014). It counts in place of <see cref="TenantConnectionOptions.StatementTimeout"/>, of the login's
    /// <c>statement_timeout</c> and of the driver's <c>Command Timeout</c>, in either direction, and costs no round trip. Of <see cref="ExportAsync"/> the
    /// first bytes have to arrive within the <c>Command Timeout</c> all the same, and it takes two round trips more.
    /// </summary>
    /// <param name="timeout">Between 1 ms and 2147483647 ms, or <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no such time.</exception>
    ITenantSession WithTimeout(TimeSpan timeout);
}
