using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <content>What is attacked.</content>
internal sealed partial class ProbeRun
{
    private List<(ProbeKey Key, IReadOnlyDictionary<string, string?> Parent)> Parents(Target target) =>
        [.. from key in _catalog.KeysOf(target.Table)
            where Model.IsTenantTable(key.Target) && !(Model.AreTenants(key.Target) && key.Columns is [var only] && only == target.Tenant.Name)
            let seeds = _seeder.Of(Model.Catalog.Relations[key.Target], _context.Other)
            where seeds.Count > 0
            select (key, seeds[0].Values)];

    private IEnumerable<Relation> Views() => Model.Catalog.Relations.Values.Where(view => view.Kind is 'v' or 'm'
        && (Model.AppGrants(GrantKind.Relation, view.Oid).Any() || Model.Identities.IsApp(view.Owner)));

    /// <summary>Every filled table and partition, and every view that shows exactly one of them.</summary>
    private IEnumerable<Target> Targets()
    {
        foreach (var table in Model.TenantTables)
        {
            if (Of(table, table, [.. _catalog.ColumnsOf[table.Oid]]) is { } target)
                yield return target;
        }
        foreach (var view in Views().Where(view => view.Kind == 'v'))
        {
            var shown = _catalog.ColumnsOf[view.Oid].Select(column => column.Name).ToHashSet();
            if (Model.Below(view.Oid).Where(Model.IsTenantTable).Select(oid => Model.Catalog.Relations[oid]).ToList() is [var table]
                && Of(view, table, [.. _catalog.ColumnsOf[table.Oid].Where(column => shown.Contains(column.Name))]) is { } target)
                yield return target;
        }

        Target? Of(Relation relation, Relation table, List<ProbeColumn> columns) =>
            (from own in _seeder.Of(table, _context.Own)
             from other in _seeder.Of(table, _context.Other)
             where own.Leaf == other.Leaf
             select new Target(relation, table, columns, _catalog.TenantColumn(table), own, other, _context,
                 Model.LevelOf(table))
             { IsMembership = table.Oid == Model.Members?.Table.Oid }).FirstOrDefault();
    }
}
