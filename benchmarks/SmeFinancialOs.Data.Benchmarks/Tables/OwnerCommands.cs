using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>Schema work and seeding, which take as long as they take.</summary>
internal static class OwnerCommands
{
    public static async Task RunAsync(this NpgsqlConnection owner, string sql, CancellationToken cancellationToken)
    {
        if (owner.State == System.Data.ConnectionState.Closed)
            await owner.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<T> ReadAsync<T>(this NpgsqlConnection owner, string sql, CancellationToken cancellationToken)
    {
        if (owner.State == System.Data.ConnectionState.Closed)
            await owner.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
