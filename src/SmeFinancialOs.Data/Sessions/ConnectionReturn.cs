using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The way back to the pool. Where a reader is still open, Npgsql reads it to its end first; when the server then reports that its statement has failed, the
/// connection stays open and the pool has lost it, unless it is disposed once more.
/// </summary>
internal static class ConnectionReturn
{
    public static async ValueTask RunAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
