using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Rows of tables that belong to no tenant, for generated rows to refer to.</summary>
internal sealed class References(ProbeSession session, ProbeCatalog catalog)
{
    private readonly RowFinder _finder = new(session, catalog);
    private readonly Dictionary<(uint Table, int Which), Dictionary<string, string?>> _rows = [];

    /// <summary>
    /// A table in another schema than those that are probed, such as that of the users: whatever stands there will do. Null where the probe cannot look there.
    /// </summary>
    internal async Task<Relation?> OutsideAsync(ProbeKey key)
    {
        var name = await session.ScalarAsync("SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            + $"WHERE c.oid = {key.Target} AND c.relkind IN ('r', 'p')").ConfigureAwait(false);
        return name is null ? null : new(key.Target, name, 0, 'r', 0, false, false, false, false, [], null);
    }

    /// <summary>Any row will do, or one that is made. which: 0 for any, else another one for each number.</summary>
    internal async Task<IReadOnlyDictionary<string, string?>> RowAsync(Relation table, int shift, int which)
    {
        if (_rows.TryGetValue((table.Oid, which), out var known))
            return known;
        var columns = catalog.ColumnsOf[table.Oid].ToList();
        var list = Seeder.Texts(columns);
        var (found, _) = await session.TryAsync(() => session.RowsAsync($"SELECT {list} FROM {table.Name} LIMIT 1 OFFSET {Math.Max(0, which - 1)}"))
            .ConfigureAwait(false);
        var writable = columns.Where(column => column.Writable).ToList();
        var (rows, _) = found is { Count: > 0 } ? ([], null)
            : await _finder.FindAsync(table, writable, new Dictionary<string, string?>(), shift).ConfigureAwait(false);
        foreach (var row in rows)
        {
            if (found is { Count: > 0 })
                break;
            var given = writable.Where(column => row.ContainsKey(column.Name)).ToList();
            (found, _) = await session.TryAsync(() => session.RowsAsync(
                $"INSERT INTO {table.Name} {Seeder.Values(given, row)} RETURNING {list}")).ConfigureAwait(false);
        }
        return _rows[(table.Oid, which)] = found is { Count: > 0 } ? columns.Zip(found[0]).ToDictionary(pair => pair.First.Name, pair =>
            pair.Second) : [];
    }
}
