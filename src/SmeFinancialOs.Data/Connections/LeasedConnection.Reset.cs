using Npgsql;

namespace SmeFinancialOs.Data.Connections;

/// <content>
/// Takes back what statements may have left on their connection: role and settings of the session, cursors WITH HOLD, LISTEN, sequence values, temporary
/// tables. It does what Npgsql's reset does (advisory locks are released by the settings). That one is a query of its own in front of the next command, parsed
/// each time, and takes longer than a small statement; this one is prepared and travels in the batch of the next statement (<see cref="AddSettingsTo"/>).
/// </content>
internal sealed partial class LeasedConnection
{
    /// <summary>In front of every transaction.</summary>
    public static IReadOnlyList<string> ResetStatements { get; } = ["RESET ROLE", "RESET ALL", "CLOSE ALL", "UNLISTEN *", "DISCARD SEQUENCES", "DISCARD TEMP"];

    /// <summary>Makes it fit for the next user, outside of a transaction. What cannot be made fit does not go back to its pool.</summary>
    /// <param name="isCommitted">Whether the last transaction was; else it has taken the reset in front of it back with it.</param>
    public async ValueTask CleanUpAsync(bool isCommitted)
    {
        await ForgetChangedAsync().ConfigureAwait(false);
        // Else a session that somebody has made read-only would refuse one write after the other.
        if (!isCommitted && Settings.ResetsConnection)
            await SendResetAsync(ResetStatements, asksAboutFailure: true).ConfigureAwait(false);
        else
            await ForgetHalfPreparedAsync().ConfigureAwait(false);
    }

    /// <summary>Ends a transaction that was begun by SQL and has failed. Not prepared: what is prepared may be the reason.</summary>
    public ValueTask RollBackBlockAsync() => SendResetAsync([Unprepared("ROLLBACK")], asksAboutFailure: false);

    /// <param name="statements">What to send.</param>
    /// <param name="asksAboutFailure">Whether a statement that has failed is asked about in the same round trip.</param>
    private async ValueTask SendResetAsync(IReadOnlyList<string> statements, bool asksAboutFailure)
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
