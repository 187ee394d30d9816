using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Connections;

/// <content>
/// What Npgsql believes that it has prepared on a connection, and why it may be wrong. It calls its statements by their names, and SQL can put another one
/// behind such a name: an injection in one tenant's request would answer the requests of the next. A statement that is half prepared is another reason.
/// </content>
internal sealed partial class LeasedConnection
{
    private static long _unpreparedTexts;

    private bool _isPreparedInDoubt;
    private bool _isPreparedChanged;

    /// <summary>
    /// A text that Npgsql does not prepare, because it is another one each time. A prepared question about what is prepared could be answered
    /// by the attacker's statement.
    /// </summary>
    public static string Unprepared(string sql) => sql + " -- " + Interlocked.Increment(ref _unpreparedTexts).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether PostgreSQL refused a prepared statement that is gone, or whose result has other columns now. A text that names prepared statements itself
    /// (<c>EXECUTE</c>) gets the first of these, too: for such a text it means nothing.
    /// </summary>
    public static bool IsStale(PostgresException fault) =>
        (fault.SqlState, fault.Routine) is (PostgresErrorCodes.InvalidSqlStatementName, "FetchPreparedStatement")
            or (PostgresErrorCodes.FeatureNotSupported, "RevalidateCachedQuery");

    /// <summary>For a text that may change what is prepared; null where nothing is.</summary>
    public PreparedStatementCheck? CheckPrepared() => Settings.PreparesStatements ? new(_isPreparedInDoubt) : null;

    /// <summary>For a commit: asks where it is in doubt; else null.</summary>
    public PreparedStatementCheck? CheckPreparedInDoubt() => _isPreparedInDoubt ? CheckPrepared() : null;

    /// <summary>A text that may change what is prepared is sent: it is in doubt until the server has answered.</summary>
    public void PreparedInDoubt() => _isPreparedInDoubt = true;

    /// <summary>The server has answered.</summary>
    public void NotePrepared(PreparedStatementCheck check)
    {
        _isPreparedChanged |= check.AreUntouched == false;
        _isPreparedInDoubt = check.WasInDoubt;
    }

    /// <summary>The same behind a commit: nothing is in doubt until the connection is used past everything here once more.</summary>
    public void NoteCommitted(PreparedStatementCheck? check)
    {
        _isPreparedChanged |= check is { AreUntouched: not true };
        _isPreparedInDoubt = false;
    }

    /// <summary>Ahead of a call, which may be behind a savepoint: lets Npgsql forget what it has to, as far as it can be done now.</summary>
    public ValueTask ForgetBeforeCallAsync()
    {
        if (_isPreparedChanged)
            _isPreparedChanged = !TryForgetPrepared();
        return ForgetHalfPreparedAsync();
    }

    /// <summary>
    /// Forgets all that is prepared, on both sides. Npgsql has no asynchronous form of this, and all has to be parsed again: not for common errors.
    /// </summary>
    /// <returns>False where it cannot be done now: in a transaction that has failed, or beside a reader of the host's.</returns>
    public bool TryForgetPrepared()
    {
        if (!IsIdle)
            return !IsConnected;
        try
        {
            _connection.UnprepareAll();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>
    /// Lets Npgsql forget all that is prepared where SQL has changed it; asks in a round trip of its own where there was no answer. A connection of which that
    /// cannot be told, or which cannot forget, does not go back to its pool.
    /// </summary>
    private async ValueTask ForgetChangedAsync()
    {
        var isForgotten = !_isPreparedChanged || TryForgetPrepared();
        if (_isPreparedInDoubt && Settings.PreparesStatements && IsIdle)
        {
            try
            {
                var isChanged = await AskAsync([PreparedStatementCheck.Command()], PreparedStatementCheck.HasForeign).ConfigureAwait(false);
                isForgotten &= !isChanged || TryForgetPrepared();
            }
            catch (NpgsqlException)
            {
                // It cannot be told.
                isForgotten = false;
            }
        }

        _isPreparedChanged = _isPreparedInDoubt = false;
        if (!isForgotten)
            NpgsqlConnection.ClearPool(_connection);
    }
}
