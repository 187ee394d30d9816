using Npgsql;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>The one connection, in the one transaction that is rolled back. Every value travels as text.</summary>
internal sealed class ProbeSession(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    private const string Begin = "SAVEPOINT sme_probe";
    private const string Undo = "ROLLBACK TO SAVEPOINT sme_probe";

    public NpgsqlConnection Connection => connection;

    public CancellationToken CancellationToken => cancellationToken;

    public Task RunAsync(params string[] statements) => ReadAsync(statements);

    public async Task<List<string?[]>> RowsAsync(string sql) => (await ReadAsync([sql]).ConfigureAwait(false)) is [.., var last] ? last : [];

    public async Task<string?> ScalarAsync(params string[] statements) =>
        (await ReadAsync(statements).ConfigureAwait(false)) is [.., [var row, ..]] ? row[0] : null;

    /// <summary>Undone, whatever comes of it.</summary>
    public async Task<T> UndoneAsync<T>(Func<Task<T>> work)
    {
        await RunAsync(Begin).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
                await RunAsync(Undo, "RELEASE SAVEPOINT sme_probe").ConfigureAwait(false);
        }
    }

    /// <summary>The same in one round trip, for the many that need no more.</summary>
    public async Task<List<List<string?[]>>> UndoneAsync(IEnumerable<string> statements)
    {
        try
        {
            return await ReadAsync([Begin, .. statements, Undo, "RELEASE SAVEPOINT sme_probe"]).ConfigureAwait(false);
        }
        catch (PostgresException) when (!cancellationToken.IsCancellationRequested)
        {
            await RunAsync(Undo, "RELEASE SAVEPOINT sme_probe").ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Kept if it comes to something.</summary>
    public async Task<(T? Result, PostgresException? Error)> TryAsync<T>(Func<Task<T>> work)
    {
        await RunAsync(Begin).ConfigureAwait(false);
        try
        {
            var result = await work().ConfigureAwait(false);
            await RunAsync(result is null ? [Undo, "RELEASE SAVEPOINT sme_probe"] : ["RELEASE SAVEPOINT sme_probe"]).ConfigureAwait(false);
            return (result, null);
        }
        catch (PostgresException fault) when (!cancellationToken.IsCancellationRequested)
        {
            await RunAsync(Undo, "RELEASE SAVEPOINT sme_probe").ConfigureAwait(false);
            return (default, fault);
        }
    }

    /// <summary>One result for each statement that returns rows.</summary>
    public async Task<List<List<string?[]>>> ReadAsync(IEnumerable<string> statements)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        await using var _ = batch.ConfigureAwait(false);
        foreach (var sql in statements)
            batch.BatchCommands.Add(new(sql));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var results = new List<List<string?[]>>();
        do
        {
            if (reader.FieldCount == 0)
                continue;
            var rows = new List<string?[]>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader, i))]);
            results.Add(rows);
        }
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
        return results;
    }

    /// <summary>What a function or RETURNING * hands out may be of any type; only text and numbers are ever looked at.</summary>
    private static string? Text(NpgsqlDataReader reader, int column) => reader.GetDataTypeName(column) switch
    {
        _ when reader.IsDBNull(column) => null,
        "text" or "name" or "boolean" or "integer" or "bigint" or "oid" or "smallint" => reader.GetValue(column).ToString(),
        _ => "",
    };
}
