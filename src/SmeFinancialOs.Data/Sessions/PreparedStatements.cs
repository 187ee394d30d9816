using System.Data;
using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// What Npgsql believes that it has prepared on a connection, and why it may be wrong. It calls its statements by their names, and SQL can put another one
/// behind such a name: an injection in one tenant's request would answer the requests of the next. <see cref="HalfPreparedStatement"/> is another reason.
/// </summary>
internal static class PreparedStatements
{
    private static long _asked;

    /// <summary>
    /// A text that Npgsql does not prepare, because it is another one each time. A prepared question about what is prepared could be answered by the attacker's
    /// statement.
    /// </summary>
    public static string Unprepared(string sql) => sql + " -- " + Interlocked.Increment(ref _asked).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether PostgreSQL refused a prepared statement that is gone, or whose result has other columns now. A text that names prepared statements itself
    /// (<c>EXECUTE</c>) gets the first of these, too: for such a text it means nothing.
    /// </summary>
    public static bool AreStale(PostgresException fault) =>
        (fault.SqlState, fault.Routine) is (PostgresErrorCodes.InvalidSqlStatementName, "FetchPreparedStatement")
            or (PostgresErrorCodes.FeatureNotSupported, "RevalidateCachedQuery");

    /// <summary>Forgets all that is prepared, on both sides. Npgsql has no asynchronous form of this, and all has to be parsed again: not for common errors.</summary>
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
}
