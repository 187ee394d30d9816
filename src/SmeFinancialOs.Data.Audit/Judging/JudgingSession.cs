using Npgsql;
using NpgsqlTypes;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A session of a role. It knows which settings it ever set: PostgreSQL reads a custom setting as NULL only before the first SET, and as '' ever after.
/// </summary>
internal sealed class JudgingSession(NpgsqlConnection connection) : IAsyncDisposable
{
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    public bool CanHave(SettingState state) => !state.Unset.Any(_touched.Contains);

    internal static async Task<JudgingSession> OpenAsync(Func<CancellationToken, ValueTask<NpgsqlConnection>> open, IReadOnlyList<string> identity,
        CancellationToken cancellationToken)
    {
        var connection = await open(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var statement in identity)
            {
                var command = new NpgsqlCommand(statement, connection);
                await using var _ = command.ConfigureAwait(false);
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// With the settings that shall be unset and are not: something in this session has set them.
    /// The transaction is read-only and rolled back, and only functions without effects are called in it.
    /// </summary>
    public async Task<(List<T> Rows, string[] NotUnset)> QueryAsync<T>(SettingState state, string sql, string? json, string? before,
        CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("BEGIN READ ONLY"));
        foreach (var (name, value) in state.Set)
        {
            _touched.Add(name);
            batch.BatchCommands.Add(new("SELECT set_config($1, $2, true)") { Parameters = { Text(name), Text(value) } });
        }

        batch.BatchCommands.Add(new("SELECT ARRAY(SELECT n FROM unnest($1) AS n WHERE current_setting(n, true) IS NOT NULL)")
        {
            Parameters = { new() { Value = state.Unset.ToArray(), DataTypeName = "text[]" } },
        });
        if (before is not null)
            batch.BatchCommands.Add(new(before));
        var question = new NpgsqlBatchCommand(sql);
        if (json is not null)
            question.Parameters.Add(new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb });
        batch.BatchCommands.Add(question);
        batch.BatchCommands.Add(new("ROLLBACK"));
        try
        {
            return await ReadAsync<T>(batch, state.Set.Count(), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException)
        {
            var rollback = new NpgsqlCommand("ROLLBACK", connection);
            await using var __ = rollback.ConfigureAwait(false);
            await rollback.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<(List<T> Rows, string[] NotUnset)> ReadAsync<T>(NpgsqlBatch batch, int settings, CancellationToken cancellationToken)
    {
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var rows = new CatalogRows(reader, cancellationToken);
        for (var i = 0; i < settings; i++)
            await rows.NextAsync(row => 0).ConfigureAwait(false);
        var notUnset = (await rows.NextAsync(row => row.At<string[]>(0)).ConfigureAwait(false))[0];
        var answer = await rows.NextAsync(row => row.At<T>(0)).ConfigureAwait(false);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // ROLLBACK; an error of it is thrown here
        }
        return (answer, notUnset);
    }

    private static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text };
}
