using System.Data;
using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// What Npgsql believes that it has prepared on a connection, and why it may be wrong. It calls its statements by their names, and SQL can put another one behind
/// such a name: an injection in one tenant's request would answer the requests of the next. And a statement that the server parsed for the first time and then refused to plan stays in that
/// book without its result columns, and the next call that uses it, whoever's, ends with the connection: the rows it gets are unexpected.
/// </summary>
/// <seealso href="https://github.com/npgsql/npgsql/issues/6391">npgsql issue 6391</seealso>
internal static class PreparedStatements
{
    // Raised by statements that run, thus are planned: class 23, a constraint, and class 40, a conflict. The most common errors keep what is prepared.
    private static readonly string[] OfRunningStatements = ["23", "40"];

    // What such a text does to rows aside, it leaves the connection as it was. Behind a comment it is looked at all the same.
    private static readonly string[] OfRows = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "COPY"];

    private static long _asked;

    /// <summary>
    /// A statement whose answer says whether SQL has prepared anything. Its text is always another one, so that Npgsql does not prepare it: then the answer could
    /// be the attacker's.
    /// </summary>
    public static string Question => "SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statement() AS p WHERE p.from_sql) -- "
        + Interlocked.Increment(ref _asked).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether a text may prepare a statement: unless each of its statements reads or writes rows. What stands behind a semicolon in a literal is taken for one, too:
    /// that costs a little time and nothing else.
    /// </summary>
    public static bool MayCome(string sql)
    {
        foreach (var range in sql.AsSpan().Split(';'))
        {
            if (sql.AsSpan(range).Trim() is { Length: > 0 } statement && !IsOfRows(statement))
                return true;
        }

        return false;
    }

    /// <summary>After such a text: a connection on which SQL has prepared anything loses all that is prepared.</summary>
    public static async ValueTask ForgetForeignAsync(NpgsqlConnection connection)
    {
        if (connection.FullState != ConnectionState.Open)
            return;
        try
        {
            var command = new NpgsqlCommand(Question, connection);
            await using var _ = command.ConfigureAwait(false);
            if (await command.ExecuteScalarAsync().ConfigureAwait(false) is false || TryForget(connection))
                return;
        }
        catch (NpgsqlException)
        {
            // It cannot be told.
        }

        NpgsqlConnection.ClearPool(connection);
    }

    public static bool AreInDoubtAfter(Exception fault) => (fault as NpgsqlException ?? fault.InnerException as NpgsqlException) switch
    {
        PostgresException error => !OfRunningStatements.Contains(error.SqlState[..2]),
        not null => true,
        null => fault is OperationCanceledException,
    };

    /// <summary>Begins a new book. Npgsql has no asynchronous form of this.</summary>
    /// <returns>False where it cannot be done now: in a transaction that has failed, or beside a reader of the host's.</returns>
    public static bool TryForget(NpgsqlConnection connection)
    {
        if (connection.FullState != ConnectionState.Open)
            return (connection.FullState & ConnectionState.Open) == 0;
        try
        {
            connection.UnprepareAll();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static bool IsOfRows(ReadOnlySpan<char> sql)
    {
        foreach (var word in OfRows)
        {
            if (sql.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (sql.Length == word.Length || !(char.IsLetterOrDigit(sql[word.Length]) || sql[word.Length] is '_' or '$')))
                return true;
        }

        return false;
    }
}
