using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <content>What is attacked.</content>
internal sealed partial class ProbeRun
{
    private List<(ProbeKey Key, IReadOnlyDictionary<string, string?> Parent)> Parents(Target target) =>
        [.. from key in _catalog.KeysOf(target.Table)
            where Model.HasTenants(key.Target) && !(Model.AreTenants(key.Target) && key.Columns is [var only] && target.Kept.Contains(only))
            let seeds = _seeder.Of(Model.Catalog.Relations[key.Target], _context.Other)
            where seeds.Count > 0
            select (key, seeds[0].Values)];

    /// <summary>A child table that the app cannot reach may stay empty.</summary>
    private bool IsReported(Relation table) => Model.OwnerKeysOf(table.Oid).Count == 0 || Model.AppGrants(GrantKind.Relation, table.Oid).Any()
        || Model.Identities.IsApp(table.Owner);

    private bool IsAttacked(Relation table) => _context.Attacks(_catalog.LevelOf(table));

    private IEnumerable<Relation> Views() => Model.Catalog.Relations.Values.Where(view => view.Kind is 'v' or 'm'
        && (Model.AppGrants(GrantKind.Relation, view.Oid).Any() || Model.Identities.IsApp(view.Owner)));

    /// <summary>Every filled table and partition, and every view that shows exactly one of them.</summary>
    private IEnumerable<Target> Targets()
    {
        foreach (var table in _catalog.Tables.Where(IsAttacked))
        {
            if (TargetOf(table, table, [.. _catalog.ColumnsOf[table.Oid]]) is { } target)
                yield return target;
        }
        foreach (var view in Views().Where(view => view.Kind == 'v'))
        {
            var shown = _catalog.ColumnsOf[view.Oid].Select(column => column.Name).ToHashSet();
            if (Shown(view, shown) is { } table && IsAttacked(table)
                && TargetOf(view, table, [.. _catalog.ColumnsOf[table.Oid].Where(column => shown.Contains(column.Name))]) is { } target)
                yield return target;
        }
    }

    /// <summary>A condition of a view on a child table may read its parent, and the other way round: it shows the table that has all of its columns.</summary>
    private Relation? Shown(Relation view, HashSet<string> columns)
    {
        var tables = Model.Below(view.Oid).Where(Model.HasTenants).Select(oid => Model.Catalog.Relations[oid]).ToList();
        if (tables.Count > 1 && tables.Count(table => Model.IsTenantTable(table.Oid)) <= 1)
            tables = tables.FindAll(table => columns.IsSubsetOf(_catalog.ColumnsOf[table.Oid].Select(column => column.Name)));
        return tables is [var only] ? only : null;
    }

    private Target? TargetOf(Relation relation, Relation table, List<ProbeColumn> columns)
    {
        var (own, other) = (from mine in _seeder.Of(table, _context.Own)
                            from theirs in _seeder.Of(table, _context.Other)
                            where mine.Leaf == theirs.Leaf
                            select (mine, theirs)).FirstOrDefault();
        if (own is null)
            return null;
        var owners = _catalog.OwnersOf(table);
        var names = owners.Where(owner => owner.Columns.All(name => columns.Exists(column => column.Name == name)
            && own.Values[name] is not null && other.Values[name] is not null)).SelectMany(owner => owner.Columns).ToHashSet();
        return new(relation, table, columns, columns.FindAll(column => names.Contains(column.Name)), own, other, _context, _seeder.Rows)
        {
            IsMembership = table.Oid == Model.Members?.Table.Oid,
            MayBeOrphan = owners.All(owner => owner.Parent is not null
                && owner.Columns.Any(name => columns.Exists(column => column.Name == name && !column.NotNull))),
            Kept = owners.SelectMany(owner => owner.Columns).CountBy(name => name).Where(pair => owners.Count == 1 || pair.Value > 1)
                .Select(pair => pair.Key).ToHashSet(),
        };
    }
}
