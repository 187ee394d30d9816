using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// What is attacked: a table, or a view of one, with a row of each tenant in the table. Owner: the columns that say whose a row is, as far as the object shows
/// them: the tenant column, or those of the foreign keys to parents.
/// </summary>
internal sealed record Target(Relation Object, Relation Table, IReadOnlyList<ProbeColumn> Columns, IReadOnlyList<ProbeColumn> Owner, Seed Own, Seed Other,
    ProbeContext Context, TenantRows Rows)
{
    public string Name => Object.Name;

    public bool HasTenant => Owner.Count > 0;

    /// <summary>The table of memberships: a user that makes itself a member reaches all rows of a tenant.</summary>
    public bool IsMembership { get; init; }

    /// <summary>A row may belong to no tenant: each of its foreign keys to parents may be NULL.</summary>
    public bool MayBeOrphan { get; init; }

    /// <summary>What a row of the attacker's own keeps where it refers to another tenant's row.</summary>
    public IReadOnlySet<string> Kept { get; init; } = new HashSet<string>();

    /// <summary>The attacker's row, in the other tenant.</summary>
    public IReadOnlyDictionary<string, string?> Joined => With(Own.Values, column => Other.Values[column.Name]);

    /// <summary>The attacker's in name, the other tenant's in everything else.</summary>
    public IReadOnlyDictionary<string, string?> Twin => With(Other.Values, column => Own.Values[column.Name]);

    /// <summary>Of no tenant.</summary>
    public IReadOnlyDictionary<string, string?> Orphan => With(Other.Values, column => column.NotNull ? Other.Values[column.Name] : null);

    public string WhereOther => Where(Other);

    public string WhereOwn => Where(Own);

    public string OtherRows => Rows.Fingerprint(Table, Context.Other);

    public string OwnRows => Rows.Fingerprint(Table, Context.Own);

    public string OwnCount => Rows.Count(Table, Context.Own);

    public string Orphans => Rows.FingerprintOfOrphans(Table);

    public bool IsOwner(ProbeColumn column) => Owner.Any(owner => owner.Name == column.Name);

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

    private string Where(Seed seed) => "WHERE " + string.Join(" AND ", Owner.Where(column => seed.Values[column.Name] is not null)
        .Select(column => $"{column.Sql} = {column.Value(seed.Values[column.Name])}"));

    private Dictionary<string, string?> With(IReadOnlyDictionary<string, string?> row, Func<ProbeColumn, string?> value)
    {
        var changed = new Dictionary<string, string?>(row);
        foreach (var column in Owner)
            changed[column.Name] = value(column);
        return changed;
    }
}
