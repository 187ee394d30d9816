using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>One row for each tenant in every table and partition, parents first.</summary>
internal sealed class Seeder(ProbeSession session, ProbeCatalog catalog, ProbeContext context, IsolationProbeOptions options)
{
    private readonly RowFinder _finder = new(session, catalog);
    private readonly References _references = new(session, catalog);
    private readonly List<Seed> _seeds = [];
    private readonly List<uint> _order = [];
    private readonly Dictionary<(uint Table, string Tenant), Dictionary<string, string?>> _promised = [];

    public TenantRows Rows { get; } = new(catalog, context.Ids);

    /// <summary>By leaf: why it could not be filled.</summary>
    public Dictionary<uint, string> Failures { get; } = [];

    /// <summary>Parents come before what refers to them.</summary>
    public int OrderOf(Relation table) => _order.IndexOf(table.Oid);

    public IReadOnlyList<Seed> Of(Relation table, string tenant) =>
        [.. catalog.LeavesOf(table).SelectMany(leaf => _seeds.Where(seed => seed.Leaf == leaf.Oid && seed.Tenant == tenant))];

    internal async Task FillAsync(bool underTenant)
    {
        await session.RunAsync("SET CONSTRAINTS ALL DEFERRED").ConfigureAwait(false);
        // Others may depend on what is filled now; what failed gets another try.
        var open = catalog.RootTables.Where(table => catalog.LeavesOf(table).Any(leaf => !Filled(leaf))).ToList();
        while (open.Count > 0)
        {
            var next = open.FirstOrDefault(table => Missing(table, open).Count == 0)
                ?? open.FirstOrDefault(table => Missing(table, open).All(key => IsOptional(table, key)))
                ?? open.FirstOrDefault(table => Missing(table, open).All(key => IsOptional(table, key) || key.Deferrable))
                ?? open[0];
            open.Remove(next);
            if (!_order.Contains(next.Oid))
                _order.Add(next.Oid);
            foreach (var leaf in catalog.LeavesOf(next).Where(leaf => !Filled(leaf)).ToList())
                await FillAsync(next, leaf, underTenant).ConfigureAwait(false);
        }
        var (_, error) = await session.TryAsync(async () =>
            { await session.RunAsync("SET CONSTRAINTS ALL IMMEDIATE").ConfigureAwait(false); return true; }).ConfigureAwait(false);
        foreach (var promise in _promised.Keys.Where(_ => error is not null))
            Failures[promise.Table] = ServerText.Of(error!);
    }

    private bool Filled(Relation leaf) => context.Tenants.All(tenant => _seeds.Any(seed => seed.Leaf == leaf.Oid && seed.Tenant == tenant));

    private List<ProbeKey> Missing(Relation table, List<Relation> open) =>
        [.. catalog.KeysOf(table).Where(key => key.Target != table.Oid && open.Any(other => other.Oid == key.Target))];

    private bool IsOptional(Relation table, ProbeKey key) =>
        key.Columns.Any(name => catalog.ColumnsOf[table.Oid].Any(column => column.Name == name && !column.NotNull));

    private async Task FillAsync(Relation table, Relation leaf, bool underTenant)
    {
        for (var i = 0; i < context.Tenants.Count; i++)
        {
            var tenant = context.Tenants[i];
            if (_seeds.Any(seed => seed.Leaf == leaf.Oid && seed.Tenant == tenant))
                continue;
            var (seed, reason) = await RowAsync(table, leaf, tenant, i + 1, underTenant).ConfigureAwait(false);
            if (seed is null)
            {
                Failures[leaf.Oid] = reason!;
                return;
            }
            _seeds.Add(seed);
            if (catalog.Model.Members is { } members && members.Table.Oid == table.Oid && seed.Values[members.User.Name] is { } user)
                context.Ids.SetUser(tenant, user);
        }
        Failures.Remove(leaf.Oid);
    }

    private async Task<(Seed? Seed, string? Reason)> RowAsync(Relation table, Relation leaf, string tenant, int shift, bool underTenant)
    {
        if (await ExistingAsync(leaf, tenant, underTenant).ConfigureAwait(false) is { } existing)
            return (existing, null);
        var columns = catalog.ColumnsOf[leaf.Oid].Where(column => column.Writable || column.Name == catalog.Model.TenantColumnOf(table.Oid)?.Name).ToList();
        var given = new Dictionary<string, string?>(_promised.GetValueOrDefault((table.Oid, tenant)) ?? []);
        foreach (var (name, id) in TenantIds(table, tenant))
            given[name] = id;
        var mirrored = new List<ProbeKey>();
        var owners = catalog.OwnersOf(table);
        foreach (var key in catalog.KeysOf(table).OrderBy(key => owners.Any(owner => owner.Columns.SequenceEqual(key.Columns)) ? 0 : 1))
        {
            if (await ParentAsync(table, key, tenant, shift, given, mirrored).ConfigureAwait(false) is { } fault)
                return (null, fault);
        }
        if (!owners.Any(owner => owner.Columns.All(name => given.GetValueOrDefault(name) is not null)))
            return (null, Unfilled(owners[0].Parent!));
        foreach (var (name, expression) in options.Values.GetValueOrDefault(leaf.Name) ?? options.Values.GetValueOrDefault(table.Name)
            ?? new Dictionary<string, string>())
        {
            if (columns.FirstOrDefault(column => column.Name == name) is { } column)
                given[name] = await session.ScalarAsync($"SELECT CAST(({expression}) AS {column.Type})::text").ConfigureAwait(false);
        }

        var (rows, reason) = await _finder.FindAsync(leaf, columns, given, shift).ConfigureAwait(false);
        foreach (var row in rows)
        {
            foreach (var (own, other) in mirrored.SelectMany(key => key.Columns.Zip(key.TargetColumns)))
                row[own] = row.GetValueOrDefault(other);
            var (seed, error) = await session.TryAsync(() => InsertAsync(table, leaf, tenant, columns, row, underTenant)).ConfigureAwait(false);
            if (seed is not null)
                return (seed, null);
            reason = error is null ? "The row did not arrive: a trigger kept it out, or sent it to another partition."
                : $"{ServerText.Of(error)} ({error.SqlState})";
        }
        return (null, reason);
    }

    /// <summary>The demo has rows already, where there is one.</summary>
    private async Task<Seed?> ExistingAsync(Relation leaf, string tenant, bool underTenant)
    {
        var all = catalog.ColumnsOf[leaf.Oid].ToList();
        var into = underTenant && !context.Superuser ? context.Enter(tenant) : [];
        var sql = $"SELECT tableoid::text, ctid::text, {Texts(all)} FROM {TenantRows.From(leaf)} WHERE {Rows.Condition(leaf, tenant)}"
            + $"{(context.IsSibling ? Rows.OtherIds(leaf, tenant) : "")} LIMIT 1";
        var (results, _) = await session.TryAsync(() => session.ReadAsync([.. into, sql, .. into.Count > 0 ? context.Leave : []])).ConfigureAwait(false);
        // Each statement of Enter returns a row, too.
        return results?[into.Count] is [var stored] ? Stored(leaf, tenant, all, stored) : null;
    }

    private static Seed Stored(Relation leaf, string tenant, List<ProbeColumn> columns, string?[] stored) =>
        new(leaf.Oid, tenant, stored[1]!, columns.Zip(stored.Skip(2)).ToDictionary(pair => pair.First.Name, pair => pair.Second));

    internal static string Texts(IEnumerable<ProbeColumn> columns) => string.Join(", ", columns.Select(column => column.Sql + "::text"));

    /// <summary>Null: the columns of the key have their values. Otherwise the reason why they have not.</summary>
    private async Task<string?> ParentAsync(Relation table, ProbeKey key, string tenant, int shift, Dictionary<string, string?> given, List<ProbeKey> mirrored)
    {
        var pairs = key.Columns.Zip(key.TargetColumns).ToList();
        if (key.Target == table.Oid)
        {
            foreach (var name in key.Columns.Where(name => catalog.ColumnsOf[table.Oid].Any(column => column.Name == name && !column.NotNull)))
                given.TryAdd(name, null);
            if (!key.Columns.Any(name => given.TryGetValue(name, out var value) && value is null))
                mirrored.Add(key);
            return null;
        }
        if (!catalog.Model.Catalog.Relations.TryGetValue(key.Target, out var target)
            && (target = await _references.OutsideAsync(key).ConfigureAwait(false)) is null)
            return IsOptional(table, key) ? SetNull(table, key, given)
                : $"It refers to a table outside of the schemas that are probed, by {string.Join(", ", key.Columns)}.";
        var parents = catalog.Model.HasTenants(key.Target)
            ? Of(target, tenant).Select(seed => seed.Values).Where(values =>
                pairs.TrueForAll(pair => !given.TryGetValue(pair.First, out var value) || value == values.GetValueOrDefault(pair.Second))).ToList()
            : [await _references.RowAsync(target, shift, IsUser(table, key) ? shift : 0).ConfigureAwait(false)];
        if (parents.Count == 0 && key.Deferrable && !IsOptional(table, key))
            parents = [await PromiseAsync(target, key, tenant, shift).ConfigureAwait(false)];
        if (parents.Count == 0 || parents[0].Count == 0)
            return IsOptional(table, key) ? SetNull(table, key, given) : Unfilled(target);
        foreach (var (own, other) in pairs)
            given.TryAdd(own, parents[shift % parents.Count][other]);
        return null;
    }

    private static string Unfilled(Relation parent) => $"It refers to {parent.Name}, which could not be filled.";

    private string? SetNull(Relation table, ProbeKey key, Dictionary<string, string?> given)
    {
        foreach (var column in catalog.ColumnsOf[table.Oid].Where(column => !column.NotNull && key.Columns.Contains(column.Name)))
            given.TryAdd(column.Name, null);
        return null;
    }

    /// <summary>Two tables that need each other, with a constraint that is checked late: the second keeps the word of the first.</summary>
    private async Task<IReadOnlyDictionary<string, string?>> PromiseAsync(Relation target, ProbeKey key, string tenant, int shift)
    {
        if (!_promised.TryGetValue((target.Oid, tenant), out var promise))
        {
            var leaf = catalog.LeavesOf(target).First();
            var given = TenantIds(target, tenant).ToDictionary(item => item.Name, string? (item) => item.Id);
            var (rows, _) = await _finder.FindAsync(leaf, [.. catalog.ColumnsOf[leaf.Oid].Where(column => key.TargetColumns.Contains(column.Name))],
                given, shift).ConfigureAwait(false);
            promise = _promised[(target.Oid, tenant)] = rows.FirstOrDefault() ?? [];
        }
        return promise;
    }

    /// <summary>The tenant columns that the table has.</summary>
    private IEnumerable<(string Name, string Id)> TenantIds(Relation table, string tenant) =>
        catalog.Model.IdsOf(table).Select(id => (id.Column.Name, context.Ids.Of(tenant, id.Level)));

    /// <summary>Whether the key says whose membership it is: each tenant needs a user of its own.</summary>
    private bool IsUser(Relation table, ProbeKey key) => catalog.Model.Members is { } members && members.Table.Oid == table.Oid
        && key.Columns.Contains(members.User.Name);

    private async Task<Seed?> InsertAsync(Relation table, Relation leaf, string tenant, List<ProbeColumn> columns, Dictionary<string, string?> row,
        bool underTenant)
    {
        var given = columns.Where(column => row.ContainsKey(column.Name)).ToList();
        var all = catalog.ColumnsOf[leaf.Oid].ToList();
        // A partition may be out of reach for everyone; a child that only inherits has rows of its own.
        var into = catalog.Model.Catalog.Relations[table.Oid].Kind == 'p' ? table : leaf;
        var overriding = given.Exists(column => column.Identity == 'a') ? " OVERRIDING SYSTEM VALUE" : "";
        var sql = $"INSERT INTO {into.Name} {Values(given, row, overriding)} RETURNING tableoid::text, ctid::text, {Texts(all)}";
        var enter = underTenant ? context.Enter(tenant) : [];
        var results = await session.ReadAsync([.. enter, sql, .. underTenant ? context.Leave : []]).ConfigureAwait(false);
        return results[enter.Count] is [var stored] && stored[0] == $"{leaf.Oid}"
            ? Stored(leaf, tenant, all, stored)
            : null;
    }

    internal static string Values(List<ProbeColumn> columns, Dictionary<string, string?> row, string overriding = "") => columns.Count == 0
        ? "DEFAULT VALUES"
        : $"({string.Join(", ", columns.Select(column => column.Sql))}){overriding} "
            + $"VALUES ({string.Join(", ", columns.Select(column => column.Value(row[column.Name])))})";
}
