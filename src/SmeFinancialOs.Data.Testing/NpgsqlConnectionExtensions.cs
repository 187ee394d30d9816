using Npgsql;

namespace SmeFinancialOs.Data.Testing;

internal static class NpgsqlConnectionExtensions
{
    /// <summary>Runs a statement without a limit but the caller's token: whole databases are copied and locks waited for here.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
