using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Connections;

/// <content>
/// The statement that failed, until the server has said whether this call prepared it. A statement that PostgreSQL parsed for the first time and then refused
/// to plan or to start stays prepared for Npgsql, without its result columns: the next call that uses it, whoever's, gets rows that Npgsql does not expect,
/// and loses the connection. A statement that was prepared before the call began, or was planned twice, has its columns.
/// </content>
/// <seealso href="https://github.com/npgsql/npgsql/issues/6391">npgsql issue 6391</seealso>
internal sealed partial class LeasedConnection
{
    /// <summary>
    /// Behind the one that failed nothing was parsed. Its text is compared without placeholders: Npgsql replaces @name and :name by $1. What is no word is told
    /// by its code, because letters depend on the locale of the database.
    /// </summary>
    private const string Age = """
        SELECT CASE WHEN p.generic_plans + p.custom_plans < 2
                     AND pg_catalog.regexp_replace(p.statement, r.placeholder, '$', 'g') = pg_catalog.regexp_replace($1, r.placeholder, '$', 'g')
                    THEN EXTRACT(epoch FROM pg_catalog.clock_timestamp() - p.prepare_time)::float8 END
        FROM (SELECT * FROM pg_catalog.pg_prepared_statement() WHERE NOT from_sql ORDER BY prepare_time DESC LIMIT 1) AS p,
             (VALUES ('[$@:][^\x01-\x2d\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]+')) AS r (placeholder)
        """;

    /// <summary>Raised by statements that run, after their columns were sent: class 23, a constraint, and class 40, a conflict.</summary>
    private static readonly string[] OfRunningStatements = ["23", "40"];

    private string? _failedText;
    private long _failedAfter;
    private bool _areNamesStale;

    /// <summary>Takes note of the statement on which a batch has failed: the first one that is not complete.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="began">The timestamp of <see cref="Stopwatch"/> before it was sent.</param>
    /// <param name="fault">Why it failed.</param>
    public void NoteFailure(NpgsqlBatch batch, long began, Exception fault)
    {
        if (!Settings.PreparesStatements)
            return;
        var error = fault as PostgresException ?? fault.InnerException as PostgresException;
        _areNamesStale |= error is not null && IsStale(error);
        if (_failedText is not null || (error is not null && OfRunningStatements.Contains(error.SqlState[..2])))
            return;
        var failed = batch.BatchCommands.Cast<NpgsqlBatchCommand>().FirstOrDefault(static command => command.StatementType == StatementType.Unknown);
        (_failedText, _failedAfter) = (failed?.CommandText, began);
    }

    /// <summary>Lets Npgsql forget all where the server did not know what it had prepared; no question is needed then.</summary>
    private void ForgetStale()
    {
        if (_areNamesStale && TryForgetPrepared())
            (_areNamesStale, _failedText) = (false, null);
    }

    /// <summary>
    /// Asks in a round trip of its own, and lets Npgsql forget what is prepared where it has to. In a transaction that has failed it stays to be asked.
    /// </summary>
    private async ValueTask ForgetHalfPreparedAsync()
    {
        ForgetStale();
        if (_failedText is null || !IsIdle)
            return;
        try
        {
            await AskAboutFailedAsync([]).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // It is asked again, at the latest when the transaction has ended.
        }
    }

    /// <param name="others">Go behind the question, which stands at the start of its batch: what that prepares itself is not meant.</param>
    private async ValueTask AskAboutFailedAsync(IEnumerable<NpgsqlBatchCommand> others)
    {
        var question = new NpgsqlBatchCommand(Unprepared(Age));
        question.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _failedText! });
        var isHalfPrepared = await AskAsync(others.Prepend(question), IsHalfPrepared).ConfigureAwait(false);
        _failedText = null;
        if (isHalfPrepared)
            TryForgetPrepared();
    }

    /// <summary>The statement may be half prepared where it was prepared after the call began.</summary>
    private bool IsHalfPrepared(NpgsqlDataReader answer) =>
        !answer.IsDBNull(0) && answer.GetDouble(0) <= Stopwatch.GetElapsedTime(_failedAfter).TotalSeconds;
}
