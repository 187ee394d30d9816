using Npgsql;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>The answers, one after another.</summary>
internal sealed class CatalogRows(NpgsqlDataReader reader, CancellationToken cancellationToken)
{
    private bool _started;

    public async Task<List<T>> NextAsync<T>(Func<CatalogRow, T> map)
    {
        if (_started)
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        _started = true;
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(map(new CatalogRow(reader)));
        return rows;
    }
}
