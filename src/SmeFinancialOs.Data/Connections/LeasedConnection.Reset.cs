using Npgsql;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.Connections;

/// <content>
/// The reset of a pooled connection: what an earlier call left in its session is taken back. Npgsql's own reset is a query in front of the next command, parsed
/// each time, and takes longer than a small statement. This one does the same with prepared statements, in the batch of the next call
/// (<see cref="AddResetTo"/>), so it takes no round trip. Only after a transaction that was not committed, and took its own reset back, a round trip is sent
/// (<see cref="CleanUpAsync"/>).
/// </content>
internal sealed partial class LeasedConnection
{
    /// <summary>
    /// The last part of the reset. It is a column of the SELECT of <see cref="ContextSettings"/>, because a statement of its own would cost more. Locks of a
    /// session outlive its transactions, and those of an earlier call would be in the way of this one.
    /// </summary>
    public const string ReleaseAdvisoryLocks = "pg_catalog.pg_advisory_unlock_all()";

    /// <summary>Role and settings of the session, cursors WITH HOLD, LISTEN, values of sequences, temporary tables.</summary>
    private static readonly string[] ResetStatements = ["RESET ROLE", "RESET ALL", "CLOSE ALL", "UNLISTEN *", "DISCARD SEQUENCES", "DISCARD TEMP"];

    /// <summary>
    /// Behind a pooler in transaction mode the session belongs to other clients, too. Only the cursors are taken back: a cursor WITH HOLD carries one
    /// organization's rows into the next transaction of its connection.
    /// </summary>
    private static readonly string[] ResetStatementsBehindPooler = ["CLOSE ALL"];

    /// <summary>Makes it fit for the next user, outside of a transaction. What cannot be made fit does not go back to its pool.</summary>
    /// <param name="isCommitted">Whether the last transaction was; else it has taken the reset in front of it back with it.</param>
    public async ValueTask CleanUpAsync(bool isCommitted)
    {
        await ForgetChangedAsync().ConfigureAwait(false);
        // Else a session that somebody has made read-only would refuse one write after the other.
        if (!isCommitted && Settings.ResetsConnection)
            await SendAsync(ResetStatements, asksAboutFailure: true).ConfigureAwait(false);
        else
            await ForgetHalfPreparedAsync().ConfigureAwait(false);
    }

    /// <summary>Ends a transaction that was begun by SQL and has failed. Not prepared: what is prepared may be the reason.</summary>
    public ValueTask RollBackBlockAsync() => SendAsync([Unprepared("ROLLBACK")], asksAboutFailure: false);

    /// <summary>Adds the reset to the batch that puts the context in force, in front of the settings.</summary>
    private void AddResetTo(NpgsqlBatch batch)
    {
        var statements = Settings.ResetsConnection ? ResetStatements : Settings.IsBehindPooler ? ResetStatementsBehindPooler : [];
        foreach (var statement in statements)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
    }

    /// <summary>Sends the statements in a round trip of their own.</summary>
    /// <param name="statements">What to send.</param>
    /// <param name="asksAboutFailure">Whether a statement that has failed is asked about in the same round trip.</param>
    private async ValueTask SendAsync(IReadOnlyList<string> statements, bool asksAboutFailure)
    {
        if (!IsIdle)
            return;
        // What is sent here is prepared, too.
        if (asksAboutFailure)
            ForgetStale();
        try
        {
            var commands = statements.Select(static statement => new NpgsqlBatchCommand(statement));
            if (asksAboutFailure && _failedText is not null)
                await AskAboutFailedAsync(commands).ConfigureAwait(false);
            else
                await AskAsync(commands, answer: null).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            NpgsqlConnection.ClearPool(_connection);
        }
    }
}
