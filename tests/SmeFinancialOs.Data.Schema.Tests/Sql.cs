using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

// Short words for what every test does.
internal static class Sql
{
    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    internal static string As(this string connectionString, string login) => TestServer.LogIn(connectionString, login);

    internal static async Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    internal static async Task<T?> ScalarAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel) is T value ? value : default;
    }

    internal static Task<long> CountAsync(this NpgsqlConnection connection, string from) =>
        connection.ScalarAsync<long>($"SELECT count(*) FROM {from}");

    internal static async Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var list = new List<T>();
        while (await reader.ReadAsync(Cancel))
            list.Add(await reader.GetFieldValueAsync<T>(0, Cancel));
        return list;
    }

    /// <summary>The server's refusal of a statement that has to fail.</summary>
    internal static async Task<PostgresException> RefusalAsync(this NpgsqlConnection connection, string sql) =>
        (await FluentActions.Awaiting(() => connection.ExecuteAsync(sql)).Should().ThrowAsync<PostgresException>(because: sql)).Which;

    /// <summary>The warnings (not the notices) that a statement raises.</summary>
    internal static async Task<List<PostgresNotice>> WarningsAsync(this NpgsqlConnection connection, string sql)
    {
        var warnings = new List<PostgresNotice>();
        void Hear(object sender, NpgsqlNoticeEventArgs e)
        {
            if (e.Notice.InvariantSeverity == "WARNING")
                warnings.Add(e.Notice);
        }

        connection.Notice += Hear;
        await connection.ExecuteAsync(sql);
        connection.Notice -= Hear;
        return warnings;
    }
}
