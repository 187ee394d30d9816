using Npgsql;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>Raw SQL without ceremony. Every call ends with the test.</summary>
internal static class SqlExtensions
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One statement or several; the number of rows written.</summary>
    public static async Task<int> RunAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>The first value, or the default where there is no row or it is null.</summary>
    public static async Task<T?> ScalarAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token) is T value ? value : default;
    }

    public static Task<long> CountAsync(this NpgsqlConnection connection, string from) => connection.ScalarAsync<long>($"SELECT count(*) FROM {from}");

    /// <summary>The first column.</summary>
    public static async Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var list = new List<T>();
        while (await reader.ReadAsync(Token))
            list.Add(await reader.GetFieldValueAsync<T>(0, Token));
        return list;
    }

    /// <summary>Every value of every row of every result, in order, as text: what the one who asked got to see.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(Token);
        var values = new List<string>();
        do
        {
            while (await reader.ReadAsync(Token))
            {
                for (var column = 0; column < reader.FieldCount; column++)
                    values.Add(reader.IsDBNull(column) ? "" : reader.GetString(column));
            }
        }
        while (await reader.NextResultAsync(Token));
        return values;
    }

    /// <summary>The answer of COPY .. TO STDOUT.</summary>
    public static async Task<string> CopyOutAsync(this NpgsqlConnection connection, string copy)
    {
        using var source = await connection.BeginTextExportAsync(copy, Token);
        return await source.ReadToEndAsync(Token);
    }

    /// <summary>The error of a statement, or null when it was allowed.</summary>
    public static async Task<PostgresException?> ErrorOfAsync(this NpgsqlConnection connection, string sql)
    {
        try
        {
            await connection.ReadAsync(sql);
            return null;
        }
        catch (PostgresException fault)
        {
            return fault;
        }
    }

    /// <summary>The error of a statement that has to fail.</summary>
    public static async Task<PostgresException> RefusalAsync(this NpgsqlConnection connection, string sql) =>
        (await FluentActions.Awaiting(() => connection.RunAsync(sql)).Should().ThrowAsync<PostgresException>(because: sql)).Which;

    /// <summary>The warnings (not the notices) that a statement raises.</summary>
    public static async Task<List<PostgresNotice>> WarningsAsync(this NpgsqlConnection connection, string sql)
    {
        var warnings = new List<PostgresNotice>();
        void Hear(object sender, NpgsqlNoticeEventArgs e)
        {
            if (e.Notice.InvariantSeverity == "WARNING")
                warnings.Add(e.Notice);
        }

        connection.Notice += Hear;
        await connection.RunAsync(sql);
        connection.Notice -= Hear;
        return warnings;
    }

    /// <summary>The SQLSTATE of the error of a statement, or null when it was allowed.</summary>
    public static async Task<string?> SqlStateOfAsync(this NpgsqlConnection connection, string sql) => (await connection.ErrorOfAsync(sql))?.SqlState;
}
