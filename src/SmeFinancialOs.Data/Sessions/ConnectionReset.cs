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
    public static ValueTask RunAsync(NpgsqlConnection connection) => RunAsync(connection, Statements);

    /// <summary>Ends a transaction that was begun by SQL and has failed. Not prepared: what is prepared may be the reason.</summary>
    public static ValueTask RollBackAsync(NpgsqlConnection connection) => RunAsync(connection, [PreparedStatements.Unprepared("ROLLBACK")]);

    private static async ValueTask RunAsync(NpgsqlConnection connection, IReadOnlyList<string> statements)
    {
        if (connection.FullState != ConnectionState.Open)
            return;
        try
        {
            var batch = new NpgsqlBatch(connection);
            await using var _ = batch.ConfigureAwait(false);
            foreach (var statement in statements)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            NpgsqlConnection.ClearPool(connection);
        }
    }
}
