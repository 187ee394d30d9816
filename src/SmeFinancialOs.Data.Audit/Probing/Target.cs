using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What is attacked: a table, or a view of one, with a row of each tenant in the table.</summary>
internal sealed record Target(Relation Object, Relation Table, IReadOnlyList<ProbeColumn> Columns, ProbeColumn Tenant, Seed Own, Seed Other,
    ProbeContext Context, int Level)
{
    public string Name => Object.Name;

    public bool HasTenant => Columns.Any(column => column.Name == Tenant.Name);

    public string OwnId => Context.Ids.Of(Context.Own, Level);

    public string OtherId => Context.Ids.Of(Context.Other, Level);

    /// <summary>The table of memberships: a user that makes itself a member reaches all rows of a tenant.</summary>
    public bool IsMembership { get; init; }

    /// <summary>The attacker's row, in the other tenant.</summary>
    public IReadOnlyDictionary<string, string?> Joined => new Dictionary<string, string?>(Own.Values) { [Tenant.Name] = OtherId };

    public string WhereOther => $"WHERE {Tenant.Sql} = {Tenant.Value(OtherId)}";

    public string WhereOwn => $"WHERE {Tenant.Sql} = {Tenant.Value(OwnId)}";

    /// <summary>ctid, because an update that changes no value is one too.</summary>
    public string OtherRows => Rows(Table, Tenant, OtherId);

    public string OwnRows => Rows(Table, Tenant, OwnId);

    public string OwnCount => $"SELECT count(*)::text FROM {Table.Name} {WhereOwn}";

    internal static string Rows(Relation table, ProbeColumn tenant, string whose) =>
        "SELECT count(*) || ' ' || coalesce(md5(string_agg(probe_row::text || probe_row.tableoid || probe_row.ctid, '|' "
        + "ORDER BY probe_row.tableoid, probe_row.ctid)), '') "
        + $"FROM {table.Name} AS probe_row WHERE {tenant.Sql} = {tenant.Value(whose)}";

    /// <summary>Writable columns that the attacker may write; all of them when it may write none, for the server to say so.</summary>
    public IReadOnlyList<ProbeColumn> Granted(IReadOnlySet<(uint, string)> granted)
    {
        var writable = Columns.Where(column => column.Writable && Other.Values.ContainsKey(column.Name)).ToList();
        var mine = writable.Where(column => granted.Contains((Object.Oid, column.Name))).ToList();
        return mine.Count > 0 ? mine : writable;
    }

    public static string List(IEnumerable<ProbeColumn> columns) => string.Join(", ", columns.Select(column => column.Sql));

    public static string Values(IEnumerable<ProbeColumn> columns, IReadOnlyDictionary<string, string?> row) =>
        string.Join(", ", columns.Select(column => column.Value(row[column.Name])));

    public static string Assign(IEnumerable<ProbeColumn> columns, IReadOnlyDictionary<string, string?> row) =>
        string.Join(", ", columns.Select(column => $"{column.Sql} = {column.Value(row[column.Name])}"));

    public string Insert(IReadOnlyList<ProbeColumn> columns, IReadOnlyDictionary<string,
        string?> row) => $"INSERT INTO {Name} ({List(columns)}) VALUES ({Values(columns, row)})";
}
