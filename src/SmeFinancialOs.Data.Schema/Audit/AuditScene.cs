using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit;

// The snapshot, with what every rule asks of it: who is the app, which tables are tenants'.
internal sealed class AuditScene
{
    private readonly Dictionary<uint, Column> _tenantColumns = [];
    private readonly ILookup<uint, PolicyView> _policies;

    internal AuditScene(CatalogSnapshot catalog, SchemaAuditOptions options)
    {
        Catalog = catalog;
        Options = options;
        Identities = new Identities(catalog, options);
        foreach (var table in catalog.Relations.Values.Where(relation => relation.IsTable && !relation.Temporary))
        {
            if (catalog.Columns[table.Oid].FirstOrDefault(column => column.Name == options.TenantColumn) is { } column)
                _tenantColumns.Add(table.Oid, column);
        }
        Tenants = FindTenants();
        TenantTables = [.. _tenantColumns.Keys.Select(oid => catalog.Relations[oid])];
        Settings = new SettingReaders(catalog, options.TenantSetting);
        Policies = [.. catalog.Policies.Select(policy => new PolicyView(this, policy))];
        _policies = Policies.ToLookup(policy => policy.Policy.Relation);
    }

    public CatalogSnapshot Catalog { get; }

    public SchemaAuditOptions Options { get; }

    public Identities Identities { get; }

    public SettingReaders Settings { get; }

    // The table of the tenants themselves, when there is one.
    public Relation? Tenants { get; }

    public IReadOnlyList<Relation> TenantTables { get; }

    // Partitions and children are judged by a rule of their own.
    public IEnumerable<Relation> RootTables => TenantTables.Where(table => !table.IsChild);

    public IReadOnlyList<PolicyView> Policies { get; }

    public IEnumerable<PolicyView> PoliciesOf(Relation table) => _policies[table.Oid];

    public bool IsTenantTable(uint relation) => _tenantColumns.ContainsKey(relation);

    public Column TenantColumnOf(Relation table) => _tenantColumns[table.Oid];

    public Column? TenantColumnOf(uint relation) => _tenantColumns.GetValueOrDefault(relation);

    public IEnumerable<Grant> AppGrants(GrantKind kind, uint @object) => Catalog.Grants[(kind, @object)].Where(grant => Identities.IsApp(grant.Grantee));

    // What a view reads, and what that reads in turn.
    public IEnumerable<uint> Below(uint view)
    {
        var seen = new HashSet<uint>();
        var open = new Stack<uint>(Catalog.ReadByView[view]);
        while (open.TryPop(out var read))
        {
            if (!seen.Add(read))
                continue;
            foreach (var next in Catalog.ReadByView[read])
                open.Push(next);
        }
        return seen;
    }

    public bool ReadsTenants(uint view) => Below(view).Any(read => IsTenantTable(read) || Catalog.Relations.GetValueOrDefault(read) is { RowSecurity: true });

    public string StopInheriting(Role role, Role login) => Catalog.ServerVersion.Major < 16
        ? $"ALTER ROLE {login.Sql} NOINHERIT;"
        : $"GRANT {role.Sql} TO {login.Sql} WITH INHERIT FALSE, SET TRUE; -- as the role that granted it";

    private Relation? FindTenants()
    {
        var target = Options.TenantTable is { } name
            ? Catalog.Relations.Values.Where(relation => relation.Name == name).Select(relation => (relation.Oid, Key: PrimaryKey(relation.Oid))).FirstOrDefault()
            : Catalog.ForeignKeys.Where(key => key.Columns.Length == 1 && TenantColumnOf(key.Relation)?.Number == key.Columns[0] && !IsTenantTable(key.Target))
                .GroupBy(key => (Oid: key.Target, Key: key.TargetColumns[0])).OrderByDescending(group => group.Count()).Select(group => group.Key).FirstOrDefault();
        if (Catalog.Columns[target.Oid].FirstOrDefault(column => column.Number == target.Key) is not { } id)
            return null;
        _tenantColumns.TryAdd(target.Oid, id);
        return Catalog.Relations.GetValueOrDefault(target.Oid);
    }

    private short PrimaryKey(uint table) => Catalog.Indexes[table].FirstOrDefault(index => index.Primary && index.Columns.Length == 1)?.Columns[0] ?? 0;
}
