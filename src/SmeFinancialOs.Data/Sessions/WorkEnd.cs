using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The end of a unit of work: rolled back if it is not committed, its connection clean and back in its pool.</summary>
internal static class WorkEnd
{
    public static async ValueTask RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, bool resets)
    {
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            if (resets)
                await ConnectionReset.RunAsync(connection).ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
