using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What a host may have done with the connection of a unit of work past everything here, by the time that it ends.</summary>
internal static class RawConnection
{
    private const int Reads = 20;

    /// <summary>
    /// Waits for a statement of the host's own. Npgsql would send the rollback beside it, and the two read each other's answers. A reader that is left open is
    /// nothing to wait for, but nobody may mistake its rows for his: its connection does not go back to the pool.
    /// </summary>
    public static async ValueTask WaitAsync(NpgsqlConnection connection)
    {
        for (var read = 0; read < Reads && connection.FullState is var state && state != ConnectionState.Open && (state & ConnectionState.Open) != 0;)
        {
            if ((state & ConnectionState.Fetching) != 0)
                read++;
            await Task.Delay(5).ConfigureAwait(false);
        }

        if ((connection.FullState & ConnectionState.Fetching) != 0)
            NpgsqlConnection.ClearPool(connection);
    }

    /// <summary>
    /// Not any more when the host has closed the connection itself: Npgsql then gives the transaction object to whoever gets that connection next, and to
    /// dispose it would roll back theirs.
    /// </summary>
    public static bool Has(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        try
        {
            return ReferenceEquals(transaction.Connection, connection);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Whether the transaction is still under way, as far as Npgsql has seen. SQL that ends it tells in its answer.</summary>
    public static bool IsInTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        if (!Has(connection, transaction))
            return false;
        try
        {
            _ = transaction.IsolationLevel;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
