using System.Data;
using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The statement of a connection that failed, until the server has said whether this call prepared it. A statement that PostgreSQL parsed for the first time and
/// then refused to plan or to start stays prepared for Npgsql, without its result columns: the next call that uses it, whoever's, gets rows that Npgsql does not
/// expect, and loses the connection. A statement that was prepared before the call began, or was planned twice, has its columns.
/// </summary>
/// <seealso href="https://github.com/npgsql/npgsql/issues/6391">npgsql issue 6391</seealso>
internal sealed class HalfPreparedStatement
{
    // Behind the one that failed nothing was parsed. Its text is compared without placeholders: Npgsql replaces @name and :name by $1. What is no word is told by
    // its code, because letters depend on the locale of the database.
    private const string Age = """
        SELECT CASE WHEN p.generic_plans + p.custom_plans < 2
                     AND pg_catalog.regexp_replace(p.statement, r.placeholder, '$', 'g') = pg_catalog.regexp_replace($1, r.placeholder, '$', 'g')
                    THEN EXTRACT(epoch FROM pg_catalog.clock_timestamp() - p.prepare_time)::float8 END
        FROM (SELECT * FROM pg_catalog.pg_prepared_statement() WHERE NOT from_sql ORDER BY prepare_time DESC LIMIT 1) AS p,
             (VALUES ('[$@:][^\x01-\x2d\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]+')) AS r (placeholder)
        """;

    // Raised by statements that run, after their columns were sent: class 23, a constraint, and class 40, a conflict.
    private static readonly string[] OfRunningStatements = ["23", "40"];

    private string? _text;
    private long _began;
    private bool _areNamesStale;

    /// <summary>Whether a statement has failed, and the server was not asked about it yet.</summary>
    public bool IsPossible => _text is not null;

    /// <summary>Takes note of the statement on which a batch has failed: the first one that is not complete.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="began">The timestamp of <see cref="Stopwatch"/> before it was sent.</param>
    /// <param name="fault">Why it failed.</param>
    public void NoteFailure(NpgsqlBatch batch, long began, Exception fault)
    {
        var error = fault as PostgresException ?? fault.InnerException as PostgresException;
        _areNamesStale |= error is not null && PreparedStatements.AreStale(error);
        if (IsPossible || (error is not null && OfRunningStatements.Contains(error.SqlState[..2])))
            return;
        var failed = batch.BatchCommands.Cast<NpgsqlBatchCommand>().FirstOrDefault(static command => command.StatementType == Npgsql.StatementType.Unknown);
        (_text, _began) = (failed?.CommandText, began);
    }

    /// <summary>Lets Npgsql forget all where the server did not know what it had prepared; no question is needed then.</summary>
    public void ForgetStale(NpgsqlConnection connection)
    {
        if (!_areNamesStale || !PreparedStatements.TryForget(connection))
            return;
        (_areNamesStale, _text) = (false, null);
    }

    /// <summary>The question, for the start of a batch: what that prepares itself is not meant.</summary>
    public NpgsqlBatchCommand Question()
    {
        var question = new NpgsqlBatchCommand(PreparedStatements.Unprepared(Age));
        question.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _text! });
        return question;
    }

    /// <summary>Takes the answer, which the reader stands on.</summary>
    /// <returns>Whether the statement may be half prepared: it was prepared after the call began.</returns>
    public async ValueTask<bool> ReadAsync(NpgsqlDataReader reader)
    {
        var elapsed = Stopwatch.GetElapsedTime(_began);
        var age = await reader.ReadAsync().ConfigureAwait(false) && !await reader.IsDBNullAsync(0).ConfigureAwait(false) ? reader.GetDouble(0) : double.PositiveInfinity;
        _text = null;
        return age <= elapsed.TotalSeconds;
    }

    /// <summary>Asks in a round trip of its own, and lets Npgsql forget what is prepared where it has to. In a transaction that has failed it stays to be asked.</summary>
    public async ValueTask ForgetAsync(NpgsqlConnection connection)
    {
        ForgetStale(connection);
        if (!IsPossible || connection.FullState != ConnectionState.Open)
            return;
        try
        {
            if (await AskAsync(connection).ConfigureAwait(false))
                PreparedStatements.TryForget(connection);
        }
        catch (NpgsqlException)
        {
            // It is asked again, at the latest when the transaction has ended.
        }
    }

    private async ValueTask<bool> AskAsync(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(Question());
        var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await ReadAsync(reader).ConfigureAwait(false);
    }
}
