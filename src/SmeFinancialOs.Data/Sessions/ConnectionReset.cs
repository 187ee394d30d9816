using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Takes back what statements may have left on their connection: role and settings of the session, cursors WITH HOLD, LISTEN, sequence values,
/// temporary tables. It does what Npgsql's reset does (advisory locks are released by the settings). That one is a query of its own in front of the next
/// command, parsed each time, and takes longer than a small statement; this one is prepared and travels in the batch of the next statement.
/// </summary>
internal static class ConnectionReset
{
    /// <summary>In front of every transaction.</summary>
    public static IReadOnlyList<string> Statements { get; } = ["RESET ROLE", "RESET ALL", "CLOSE ALL", "UNLISTEN *", "DISCARD SEQUENCES", "DISCARD TEMP"];

    /// <summary>
    /// After a transaction that failed, and took its own reset back with it. Else a session that somebody has made read-only would refuse one write after
    /// the other. A connection that cannot be cleaned does not go back to its pool.
    /// </summary>
    /// <param name="connection">The connection, outside of a transaction.</param>
    /// <param name="failed">The statement that failed: asked about in the same round trip. Null where nothing is prepared.</param>
    public static ValueTask RunAsync(NpgsqlConnection connection, HalfPreparedStatement? failed) => RunAsync(connection, Statements, failed);

    /// <summary>Ends a transaction that was begun by SQL and has failed. Not prepared: what is prepared may be the reason.</summary>
    public static ValueTask RollBackAsync(NpgsqlConnection connection) => RunAsync(connection, [PreparedStatements.Unprepared("ROLLBACK")], failed: null);

    private static async ValueTask RunAsync(NpgsqlConnection connection, IReadOnlyList<string> statements, HalfPreparedStatement? failed)
    {
        if (connection.FullState != ConnectionState.Open)
            return;
        // What is sent here is prepared, too.
        failed?.ForgetStale(connection);
        try
        {
            var batch = new NpgsqlBatch(connection);
            await using var _ = batch.ConfigureAwait(false);
            var asked = failed is { IsPossible: true } ? failed : null;
            if (asked is not null)
                batch.BatchCommands.Add(asked.Question());
            foreach (var statement in statements)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            if (await RunAsync(batch, asked).ConfigureAwait(false))
                PreparedStatements.TryForget(connection);
        }
        catch (NpgsqlException)
        {
            NpgsqlConnection.ClearPool(connection);
        }
    }

    /// <returns>Whether the statement that failed may be half prepared.</returns>
    private static async ValueTask<bool> RunAsync(NpgsqlBatch batch, HalfPreparedStatement? asked)
    {
        var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var isHalfPrepared = asked is not null && await asked.ReadAsync(reader).ConfigureAwait(false);
        // To the end: an error of a later statement arrives only when its result is asked for.
        while (await reader.NextResultAsync().ConfigureAwait(false))
        {
        }

        return isHalfPrepared;
    }
}
