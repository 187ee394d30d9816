using SmeFinancialOs.Data.Audit.Contexts;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Judging;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>The snapshot, with what every rule asks of it: who is the app, which tables are tenants'.</summary>
internal sealed class DatabaseModel
{
    private readonly Dictionary<uint, Column> _tenantColumns = [];
    private readonly Dictionary<int, (Relation Table, Column Id)> _tenants = [];
    private readonly RowOwners _owners;
    private readonly HashSet<uint> _usable;
    private readonly ILookup<uint, PolicyAnalysis> _policies;
    private readonly Dictionary<string, SqlText> _parsed = [];
    private readonly ILookup<string, Function> _functions;
    private IReadOnlyDictionary<int, TenantSource>? _sources;
    private Dictionary<string, IReadOnlyList<PolicyJudgement>> _judgements = [];
    private InlinedPolicies? _inlined;

    internal DatabaseModel(CatalogSnapshot catalog, SchemaAuditOptions options)
    {
        Catalog = catalog;
        Options = options;
        Context = new HostContext(options);
        Members = options.Membership is null ? null : Members.Find(catalog, options.Membership);
        Identities = new Identities(catalog, options);
        foreach (var table in catalog.Relations.Values.Where(relation => relation.IsTable && !relation.Temporary))
        {
            var columns = catalog.Columns[table.Oid].ToList();
            if (options.TenantColumns.Select(name => columns.Find(column => column.Name == name)).OfType<Column>().FirstOrDefault() is { } column)
                _tenantColumns.Add(table.Oid, column);
        }
        _usable = [.. catalog.Schemas.Where(schema => Identities.IsApp(schema.Owner)
            || catalog.Grants[(GrantKind.Schema, schema.Oid)].Any(grant => grant.Privilege == "USAGE" && Identities.IsApp(grant.Grantee)))
                .Select(schema => schema.Oid)];
        FindTenants();
        if (Members is not null)
            _tenantColumns.TryAdd(Members.Table.Oid, Members.Tenant);
        _owners = new(catalog, _tenantColumns, AreTenants, oid => LevelByName(catalog.Relations[oid]));
        TenantTables = [.. _tenantColumns.Keys.Select(oid => catalog.Relations[oid])];
        RootTables = [.. TenantTables.Where(table => !IsInherited(table))];
        ChildTables = [.. _owners.Keys.Keys.Select(oid => catalog.Relations[oid])];
        Seal = catalog.Relations.Values.FirstOrDefault(relation => relation.Name == SealParts.View);
        Settings = new SettingReaders(catalog, Context.TenantSetting, IsSealed);
        _functions = catalog.Functions.Values.Where(function => !function.System).ToLookup(function => function.Name);
        Policies = [.. catalog.Policies.Select(policy => new PolicyAnalysis(this, policy))];
        _policies = Policies.ToLookup(policy => policy.Policy.Relation);
    }

    public CatalogSnapshot Catalog { get; }

    public SchemaAuditOptions Options { get; }

    public Identities Identities { get; }

    public HostContext Context { get; }

    /// <summary>The table of memberships that the host has named; null when it has named none.</summary>
    public Members? Members { get; }

    /// <summary>An option that names what the database does not have; null where there is none.</summary>
    public string? MissingName =>
        Options.Membership is { } named && Members is null
            ? $"Membership: there is no table {named.Table} with the columns {named.UserColumn} and {named.TenantColumn} in the schemas that are looked at."
        : Options.TenantTable is { } table && Tenants?.Name != table
            ? $"TenantTable: there is no table {table} with a primary key of one column in the schemas that are looked at."
        : null;

    /// <summary>Empty where policies are not evaluated, as in the transaction of a test.</summary>
    public IReadOnlyList<PolicyJudgement> Judgements { get; private set; } = [];

    /// <summary>What policies ask where a context counts only when a host has signed it.</summary>
    public Relation? Seal { get; }

    public bool IsSealed => Seal is not null;

    public SettingReaders Settings { get; }

    /// <summary>The table of the tenants themselves, when there is one.</summary>
    public Relation? Tenants => _tenants.GetValueOrDefault(0).Table;

    /// <summary>With a tenant column, whatever its name.</summary>
    public IReadOnlyList<Relation> TenantTables { get; }

    /// <summary>Without a tenant column: a row belongs to the tenant of the row of another table that it refers to.</summary>
    public IReadOnlyList<Relation> ChildTables { get; }

    /// <summary>Partitions and inheritance children of tenant tables are judged by a rule of their own.</summary>
    public IReadOnlyList<Relation> RootTables { get; }

    public IReadOnlyList<PolicyAnalysis> Policies { get; }

    public IEnumerable<PolicyAnalysis> PoliciesOf(Relation table) => _policies[table.Oid];

    /// <summary>Of each policy, with the queries of the functions that it calls in the place of the calls.</summary>
    public InlinedPolicies Inlined => _inlined ??= new(this);

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

    /// <summary>What evaluating the policies has shown. The rules know it from then on.</summary>
    public void Add(IReadOnlyList<PolicyJudgement> judgements)
    {
        Judgements = judgements;
        _judgements = judgements.GroupBy(judgement => judgement.Table).ToDictionary(group => group.Key, IReadOnlyList<PolicyJudgement> (group) => [.. group]);
    }

    /// <summary>Thousands of tables have a few expressions: each is taken apart once.</summary>
    public SqlText Parsed(string? text)
    {
        if (!_parsed.TryGetValue(text ?? "", out var parsed))
            _parsed.Add(text ?? "", parsed = SqlText.Of(text));
        return parsed;
    }

    /// <summary>By evaluation: nothing that a role of the app may do lets a row of another tenant pass.</summary>
    public bool IsSettled(Relation table) => JudgementsOf(table) is { Count: > 0 } judgements
        && judgements.All(judgement => judgement.Verdict is PolicyVerdict.Safe or PolicyVerdict.Closed);

    public IReadOnlyList<PolicyJudgement> JudgementsOf(Relation table) => JudgementsOf(table.Name);

    /// <summary>By the name of a table or a view, or the signature of a function.</summary>
    public IReadOnlyList<PolicyJudgement> JudgementsOf(string name) => _judgements.TryGetValue(name, out var found) ? found : [];

    /// <summary>Of the host, by the name alone, as the catalog has it.</summary>
    public IEnumerable<Function> FunctionsNamed(string name) => _functions[name];

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

    public ValueFamily FamilyOf(int level) => ColumnOf(level) is { } column ? ValueFamilies.Of(column.BaseType) : ValueFamily.Other;

    public bool AreTenants(uint relation) => _tenants.Values.Any(tenants => tenants.Table.Oid == relation);

    /// <summary>A privilege on what is in a schema counts for nothing without USAGE on the schema.</summary>
    public IEnumerable<Grant> AppGrants(GrantKind kind, uint @object) =>
        SchemaOf(kind, @object) is { } schema && !_usable.Contains(schema) ? [] : Catalog.Grants[(kind, @object)]
            .Where(grant => Identities.IsApp(grant.Grantee));

    /// <summary>The roles of the app that have one of the privileges, or any when none is named, as a list for SQL; empty when none has.</summary>
    public string AppGrantees(GrantKind kind, uint @object, params string[] privileges) => string.Join(", ", AppGrants(kind, @object)
        .Where(grant => privileges.Length == 0 || privileges.Contains(grant.Privilege)).Select(grant => Identities.NameOf(grant.Grantee)).Distinct()
            .Order(StringComparer.Ordinal));

    /// <summary>By a call, or by a trigger, which asks nobody for EXECUTE.</summary>
    public bool AppMayRun(Function function) => AppGrants(GrantKind.Function, function.Oid).Any()
        || Catalog.Triggers.SelectMany(triggers => triggers).Any(trigger => trigger.Fires && trigger.Function == function.Oid
            && AppGrants(GrantKind.Relation, trigger.Relation).Any());

    public string NameOf(ForeignKey key) => $"{Identifier.Quote(key.Name)} on {Catalog.Relations[key.Relation].Name}";

    /// <summary>The role whose one member is the owner of the database.</summary>
    public uint DatabaseOwners => Catalog.Roles.Values.FirstOrDefault(role => role.Name == "pg_database_owner")?.Oid ?? 0;

    /// <summary>What a view reads, and what that reads in turn.</summary>
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

    /// <summary>The views of the seal read the keys with their owner's rights, and show none: SealBroken sees to it that they stay as they are.</summary>
    public bool ReadsTenants(uint view) => !(Catalog.Relations.GetValueOrDefault(view) is { Definition: not null } part && SealParts.IsShipped(part))
        && Below(view).Any(read => IsTenantTable(read) || Catalog.Relations.GetValueOrDefault(read) is { RowSecurity: true });

    private uint? SchemaOf(GrantKind kind, uint @object) => kind switch
    {
        GrantKind.Relation => Catalog.Relations.GetValueOrDefault(@object)?.Schema,
        GrantKind.Function => Catalog.Functions.GetValueOrDefault(@object) is { System: false } function ? function.Schema : null,
        _ => null,
    };

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
