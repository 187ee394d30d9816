using Npgsql;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>One statement on a connection of its own that leaves no pool behind.</summary>
internal static class Sql
{
    public static async Task<T> ReadScalarAsync<T>(this string connectionString, string sql)
    {
        await using var connection = await TestSupport.Sql.OpenAsync(connectionString, CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static Task ExecuteAsync(this string connectionString, string sql) => connectionString.ReadScalarAsync<object?>(sql);
}
