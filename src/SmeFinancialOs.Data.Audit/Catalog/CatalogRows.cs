using Npgsql;

namespace SmeFinancialOs.Data.Audit.Catalog;

// The answers, one after another.
internal sealed class CatalogRows(NpgsqlDataReader reader, CancellationToken cancellationToken)
{
    private bool _started;

    public async Task<List<T>> NextAsync<T>(Func<NpgsqlDataReader, T> map)
    {
        if (_started)
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        _started = true;
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(map(reader));
        return rows;
    }
}

internal static class CatalogValues
{
    internal static uint Oid(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<uint>(column);

    internal static uint[] Oids(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<uint[]>(column);

    internal static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    internal static char Letter(this NpgsqlDataReader reader, int column) => reader.GetString(column)[0];

    internal static short[] Numbers(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<short[]>(column);
}
