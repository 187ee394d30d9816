using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// What Npgsql believes that it has prepared on a connection. A statement that the server parsed for the first time and then refused to plan stays in that
/// book without its result columns, and the next call that uses it, whoever's, ends with the connection: the rows it gets are unexpected.
/// </summary>
/// <seealso href="https://github.com/npgsql/npgsql/issues/6391">npgsql issue 6391</seealso>
internal static class PreparedStatements
{
    // Raised by statements that run, thus are planned: class 23, a constraint, and class 40, a conflict. The most common errors keep what is prepared.
    private static readonly string[] OfRunningStatements = ["23", "40"];

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
}
