namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>
/// Whose the rows of a table are, where no column of it has the name of a tenant column. A foreign key says it: a column that refers to a tenant column is a
/// tenant column of another name; a table whose foreign key refers to another table of tenants' rows is a child table, whose rows belong to the tenant of
/// their parent row. The tenants' own table is no parent.
/// </summary>
internal sealed class RowOwners
{
    private readonly CatalogSnapshot _catalog;
    private readonly Dictionary<uint, Column> _tenantColumns;
    private readonly Func<uint, bool> _areTenants;
    private readonly Dictionary<uint, int> _rounds = [];
    private readonly Dictionary<uint, IReadOnlyList<ForeignKey>> _keys = [];

    /// <summary>tenantColumns: by name; those of another name are added. levelOf: of a table that has one.</summary>
    internal RowOwners(CatalogSnapshot catalog, Dictionary<uint, Column> tenantColumns, Func<uint, bool> areTenants, Func<uint, int> levelOf)
    {
        (_catalog, _tenantColumns, _areTenants) = (catalog, tenantColumns, areTenants);
        var tables = catalog.Relations.Values.Where(relation => relation.IsTable && !relation.Temporary && !tenantColumns.ContainsKey(relation.Oid)).ToList();
        foreach (var table in tables)
            _keys[table.Oid] = KeysOf(table);
        while (tables.Find(table => AddTenantColumn(table, levelOf)) is not null)
        {
            // Another table may refer to the column that was found.
        }
        for (var round = 0; tables.FindAll(table => !IsKnown(table.Oid) && _keys[table.Oid].Any(IsOwner)) is { Count: > 0 } found; round++)
            found.ForEach(table => _rounds.Add(table.Oid, round));
        Keys = _rounds.Keys.ToDictionary(oid => oid, IReadOnlyList<ForeignKey> (oid) => [.. _keys[oid].Where(key => IsOwner(key) && !IsCircular(key))]);
        ParentIds = [.. Keys.Values.SelectMany(keys => keys).SelectMany(key => key.TargetColumns.Select(number => (key.Target, number)))];
    }

    /// <summary>By child table: its foreign keys to tables of tenants' rows, without those that lead back to it.</summary>
    public IReadOnlyDictionary<uint, IReadOnlyList<ForeignKey>> Keys { get; }

    /// <summary>The columns of parents that children refer to.</summary>
    public HashSet<(uint Table, short Column)> ParentIds { get; }

    /// <summary>Of the tables whose tenant column has another name.</summary>
    public Dictionary<uint, int> Levels { get; } = [];

    private bool IsKnown(uint table) => _tenantColumns.ContainsKey(table) || _rounds.ContainsKey(table);

    private bool IsOwner(ForeignKey key) => IsKnown(key.Target) && !_areTenants(key.Target);

    /// <summary>Of tables that refer to each other, the one that was found first is the parent.</summary>
    private bool IsCircular(ForeignKey key) => _rounds.TryGetValue(key.Target, out var round) && round >= _rounds[key.Relation]
        && Reaches(key.Target, key.Relation, []);

    private bool Reaches(uint from, uint table, HashSet<uint> seen) => from == table
        || (seen.Add(from) && _keys.GetValueOrDefault(from, []).Any(key => _rounds.ContainsKey(key.Target) && Reaches(key.Target, table, seen)));

    /// <summary>Where two columns of one level refer to tenants, neither says whose the row is.</summary>
    private bool AddTenantColumn(Relation table, Func<uint, int> levelOf)
    {
        if (_tenantColumns.ContainsKey(table.Oid))
            return false;
        var lowest = (from key in _keys[table.Oid]
                      from pair in key.Columns.Zip(key.TargetColumns)
                      where _tenantColumns.GetValueOrDefault(key.Target)?.Number == pair.Second
                      group pair.First by Levels.TryGetValue(key.Target, out var level) ? level : levelOf(key.Target) into columns
                      orderby columns.Key
                      select columns).FirstOrDefault();
        if (lowest?.Distinct().ToList() is not [var number])
            return false;
        _tenantColumns.Add(table.Oid, _catalog.Columns[table.Oid].First(column => column.Number == number));
        Levels.Add(table.Oid, lowest.Key);
        return true;
    }

    /// <summary>A partition has those of the whole table, which the catalog does not list once more. A key to the table itself says nothing.</summary>
    private List<ForeignKey> KeysOf(Relation table) =>
    [
        .. _catalog.ForeignKeys[table.Oid].Where(key => key.Enforced && key.Target != table.Oid),
        .. from oid in table.Parents
           let whole = _catalog.Relations.GetValueOrDefault(oid)
           where whole is { Kind: 'p' }
           from key in KeysOf(whole)
           select key with { Relation = table.Oid, Columns = [.. key.Columns.Select(number => SameColumn(whole, number, table))] },
    ];

    private short SameColumn(Relation whole, short number, Relation partition)
    {
        var name = _catalog.Columns[whole.Oid].First(column => column.Number == number).Name;
        return _catalog.Columns[partition.Oid].First(column => column.Name == name).Number;
    }
}
