using SmeFinancialOs.Data.Audit.Contexts;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <content>Whose the rows of a table are: tenant columns, their levels, the tenants' own tables, parents.</content>
internal sealed partial class DatabaseModel
{
    /// <summary>The table of memberships that the host has named; null when it has named none.</summary>
    public Members? Members { get; }

    /// <summary>An option that names what the database does not have; null where there is none.</summary>
    public string? MissingName =>
        Options.Membership is { } named && Members is null
            ? $"Membership: there is no table {named.Table} with the columns {named.UserColumn} and {named.TenantColumn} in the schemas that are looked at."
        : Options.TenantTable is { } table && Tenants?.Name != table
            ? $"TenantTable: there is no table {table} with a primary key of one column in the schemas that are looked at."
        : null;

    /// <summary>The table of the tenants themselves, when there is one.</summary>
    public Relation? Tenants => _tenants.GetValueOrDefault(0).Table;

    /// <summary>With a tenant column, whatever its name.</summary>
    public IReadOnlyList<Relation> TenantTables { get; }

    /// <summary>Without a tenant column: a row belongs to the tenant of the row of another table that it refers to.</summary>
    public IReadOnlyList<Relation> ChildTables { get; }

    /// <summary>Partitions and inheritance children of tenant tables are judged by a rule of their own.</summary>
    public IReadOnlyList<Relation> RootTables { get; }

    /// <summary>Reached through the table that it inherits from, or directly past the policies of that table.</summary>
    public bool IsInherited(Relation table) => table.Parents.Any(IsTenantTable);

    /// <summary>Of a child table: the foreign keys, any of which may say whose its rows are. Empty for other tables.</summary>
    public IReadOnlyList<ForeignKey> OwnerKeysOf(uint table) => _owners.Keys.GetValueOrDefault(table, []);

    /// <summary>Whether each row belongs to a tenant: by a column of its own, or by its parent row.</summary>
    public bool HasTenants(uint table) => IsTenantTable(table) || _owners.Keys.ContainsKey(table);

    /// <summary>Whether rows of a child table refer to the column.</summary>
    public bool IsParentId(uint table, short column) => _owners.ParentIds.Contains((table, column));

    /// <summary>How many parents stand between the table and a tenant table.</summary>
    public int DepthOf(uint table) => OwnerKeysOf(table) is [var key, ..] ? 1 + DepthOf(key.Target) : 0;

    /// <summary>The tenant table at the end of a chain of parents.</summary>
    public Relation RootOf(ForeignKey key) => IsTenantTable(key.Target) ? Catalog.Relations[key.Target] : RootOf(OwnerKeysOf(key.Target)[0]);

    /// <summary>Where the context keeps the ids of each level, and the user's. The fixes know it from then on.</summary>
    public void Add(IReadOnlyDictionary<int, TenantSource> sources, TenantSource? user) => (_sources, UserSource) = (sources, user);

    public TenantSource? UserSource { get; private set; }

    /// <summary>Null where the context has no tenant's id: it names the user alone.</summary>
    public TenantSource? SourceOf(Relation table) => _sources?.GetValueOrDefault(LevelOf(table))
        ?? (Context.IsGiven && _sources is not null && UserSource is not null ? null : new(Context.TenantSetting, []));

    public bool IsTenantTable(uint relation) => _tenantColumns.ContainsKey(relation);

    public Column TenantColumnOf(Relation table) => _tenantColumns[table.Oid];

    public Column? TenantColumnOf(uint relation) => _tenantColumns.GetValueOrDefault(relation);

    /// <summary>Of the ids in the tenant column: organizations below a tenant have a level of their own.</summary>
    public int LevelOf(Relation table) => _owners.Levels.TryGetValue(table.Oid, out var level) ? level : LevelByName(table);

    private int LevelByName(Relation table) =>
        Options.TenantColumns.Contains(TenantColumnOf(table).Name) ? Context.LevelOf(TenantColumnOf(table).Name)
            : _tenants.FirstOrDefault(tenants => tenants.Value.Table.Oid == table.Oid).Key;

    /// <summary>The columns of a table that hold tenants' ids, with their levels: its own ids, too, where it is the table of tenants of some level.</summary>
    public IEnumerable<(Column Column, int Level)> IdsOf(Relation table)
    {
        foreach (var column in Catalog.Columns[table.Oid])
        {
            if (Options.TenantColumns.Contains(column.Name))
                yield return (column, Context.LevelOf(column.Name));
            else if (_tenants.FirstOrDefault(tenants => tenants.Value.Id == column) is { Value.Table: not null } own)
                yield return (column, own.Key);
            else if (TenantColumnOf(table.Oid) == column)
                yield return (column, LevelOf(table));
        }
    }

    /// <summary>The table whose ids stand in the tenant column of a table, when there is one.</summary>
    public Relation? TenantsOf(Relation table) => _tenants.GetValueOrDefault(LevelOf(table)).Table;

    /// <summary>A column with ids of a level: of the tenants themselves where there is such a table. Null where no table has one.</summary>
    public Column? ColumnOf(int level) => _tenants.TryGetValue(level, out var tenants) ? tenants.Id
        : TenantTables.Where(table => LevelOf(table) == level).Select(TenantColumnOf).FirstOrDefault()
            ?? TenantTables.SelectMany(table => Catalog.Columns[table.Oid]).FirstOrDefault(column =>
                Options.TenantColumns.Contains(column.Name) && Context.LevelOf(column.Name) == level);

    /// <summary>Whether each tenant of a level belongs to one of another level, as organizations below a tenant do.</summary>
    public bool IsBelow(int level, int other) => _tenants.TryGetValue(level, out var tenants) && IdsOf(tenants.Table).Any(id => id.Level == other);

    public ValueFamily FamilyOf(int level) => ColumnOf(level) is { } column ? ValueFamilies.Of(column.BaseType) : ValueFamily.Other;

    public bool AreTenants(uint relation) => _tenants.Values.Any(tenants => tenants.Table.Oid == relation);

    /// <summary>For each level the table that most tenant columns of that level refer to.</summary>
    private void FindTenants()
    {
        var referred = (from keys in Catalog.ForeignKeys
                        from key in keys
                        where key.Columns is [var column] && TenantColumnOf(key.Relation)?.Number == column
                        let level = Context.LevelOf(TenantColumnOf(key.Relation)!.Name)
                        // An organization below a tenant has that one's column besides its own id.
                        where TenantColumnOf(key.Target) is not { } own || own.Number == key.TargetColumns[0] || Context.LevelOf(own.Name) != level
                        group key by (Level: level, Oid: key.Target, Key: key.TargetColumns[0]) into keys
                        orderby keys.Count() descending
                        select keys.Key).ToList();
        for (var level = 0; level < Context.LevelCount; level++)
        {
            var (_, oid, number) = level == 0 && Options.TenantTable is { } name
                ? Catalog.Relations.Values.Where(relation => relation.Name == name).Select(relation => (0, relation.Oid, PrimaryKey(relation.Oid)))
                    .FirstOrDefault()
                : referred.Find(target => target.Level == level);
            if (Catalog.Columns[oid].FirstOrDefault(column => column.Number == number) is not { } id || !Catalog.Relations.TryGetValue(oid, out var tenants))
                continue;
            _tenantColumns.TryAdd(oid, id);
            _tenants.Add(level, (tenants, id));
        }
    }

    private short PrimaryKey(uint table) => Catalog.Indexes[table].FirstOrDefault(index => index.Primary && index.Columns.Length == 1)?.Columns[0] ?? 0;
}
