using SmeFinancialOs.Data.Audit.Contexts;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Judging;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>The snapshot, with what every rule asks of it: who is the app, which tables are tenants'.</summary>
internal sealed partial class DatabaseModel
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
        // A table of several levels is judged by the first one that the context knows.
        var names = options.TenantColumns.OrderByDescending(name => Context.Carries(Context.LevelOf(name))).ToList();
        foreach (var table in catalog.Relations.Values.Where(relation => relation.IsTable && !relation.Temporary))
        {
            var columns = catalog.Columns[table.Oid].ToList();
            if (names.Select(name => columns.Find(column => column.Name == name)).OfType<Column>().FirstOrDefault() is { } column)
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

    /// <summary>Empty where policies are not evaluated, as in the transaction of a test.</summary>
    public IReadOnlyList<PolicyJudgement> Judgements { get; private set; } = [];

    /// <summary>What policies ask where a context counts only when a host has signed it.</summary>
    public Relation? Seal { get; }

    public bool IsSealed => Seal is not null;

    public SettingReaders Settings { get; }

    public IReadOnlyList<PolicyAnalysis> Policies { get; }

    public IEnumerable<PolicyAnalysis> PoliciesOf(Relation table) => _policies[table.Oid];

    /// <summary>Of each policy, with the queries of the functions that it calls in the place of the calls.</summary>
    public InlinedPolicies Inlined => _inlined ??= new(this);

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

    /// <summary>On the whole object or on a column. A privilege on what is in a schema counts for nothing without USAGE on the schema.</summary>
    public IEnumerable<Grant> AppGrants(GrantKind kind, uint @object) =>
        AppColumnGrants(kind, @object).Select(grant => grant with { Column = 0 }).Distinct();

    /// <summary>The same, column by column; 0 for the whole object.</summary>
    public IEnumerable<Grant> AppColumnGrants(GrantKind kind, uint @object) =>
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
}
