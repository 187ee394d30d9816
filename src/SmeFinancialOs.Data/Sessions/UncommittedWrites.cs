using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Whether a transaction that nobody has ended wrote rows: its commit may have been forgotten.</summary>
internal static class UncommittedWrites
{
    // A lock of a row assigns an id to a transaction, too. The counters of tables go back a second, to earlier transactions of the session.
    private const string HasWritten = """
        SELECT CASE WHEN pg_catalog.pg_current_xact_id_if_assigned() IS NULL THEN false ELSE EXISTS (
            SELECT FROM pg_catalog.pg_class c WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.oid >= 16384
            AND pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) > 0) END
        """;

    /// <summary>Asks, and rolls back in the same round trip.</summary>
    /// <returns>False also where it cannot be told: a statement of the host's own has failed, or the connection is lost. Then nothing was rolled back yet.</returns>
    public static async ValueTask<bool> RollBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        if (connection.FullState != ConnectionState.Open || !RawConnection.IsInTransaction(connection, transaction))
            return false;
        try
        {
            var batch = new NpgsqlBatch(connection, transaction);
            await using var _ = batch.ConfigureAwait(false);
            batch.BatchCommands.Add(new NpgsqlBatchCommand(HasWritten));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("ROLLBACK"));
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            var hasWritten = await reader.ReadAsync().ConfigureAwait(false) && reader.GetBoolean(0);
            await reader.NextResultAsync().ConfigureAwait(false);
            return hasWritten;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
