namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What unique and foreign keys give away or let through, with the other tenant's row in place and the attacker's taken out.</summary>
internal static class KeyAttacks
{
    internal const string Oracle = "oracle";
    internal const string Reference = "reference";

    internal static IEnumerable<Attack> Of(Target target, Privileges rights, Actor actor, ProbeCatalog catalog,
        IReadOnlyList<(ProbeKey Key, IReadOnlyDictionary<string, string?> Parent)> parents)
    {
        var columns = target.Granted(rights.Insert);
        var set = target.Granted(rights.Update).FirstOrDefault(column => !target.IsOwner(column)) is { } same
            ? $"SET {Target.Assign([same], target.Other.Values)}" : null;
        var twin = target.Twin;
        foreach (var row in new[] { target.Other.Values, twin })
        {
            yield return new(target.Name, "upsert", target.Insert(columns, row) + " ON CONFLICT DO NOTHING", target.OtherRows);
            foreach (var key in Arbiters(target, catalog))
            {
                if (set is not null)
                    yield return new(target.Name, "upsert", $"{target.Insert(columns, row)} ON CONFLICT ({key}) DO UPDATE {set}", target.OtherRows);
            }
        }
        if (actor.Tenant != target.Context.Own || actor.Demo)
            yield break;

        // The name of a tenant may well be unique among all; and its id is what tells tenants apart.
        if (!catalog.Model.AreTenants(target.Table.Oid))
        {
            yield return new(target.Name, Oracle, target.Insert(columns, twin), target.OwnCount, Sign.Told, Mine: true);
            yield return new(target.Name, Oracle, target.Insert(columns, twin) + " ON CONFLICT DO NOTHING", target.OwnCount, Sign.Told, Mine: true);
        }
        foreach (var row in Referring(target, parents))
            yield return new(target.Name, Reference, target.Insert(columns, row), target.OwnCount, Mine: true);
    }

    /// <summary>With the attacker's row in place, and the parents of both tenants.</summary>
    internal static IEnumerable<Attack> Updates(Target target, Privileges rights, Actor actor,
        IReadOnlyList<(ProbeKey Key, IReadOnlyDictionary<string, string?> Parent)> parents)
    {
        var update = target.Granted(rights.Update);
        foreach (var row in Referring(target, actor.Tenant == target.Context.Own && !actor.Demo ? parents : []))
        {
            var changed = update.Where(column => row[column.Name] != target.Own.Values[column.Name]).ToList();
            if (changed.Count > 0)
                yield return new(target.Name, Reference, $"UPDATE {target.Name} SET {Target.Assign(changed, row)}", target.OwnRows, Mine: true);
        }
    }

    /// <summary>The attacker's row, with one of its foreign keys to a row of the other tenant.</summary>
    private static IEnumerable<Dictionary<string, string?>> Referring(Target target,
        IEnumerable<(ProbeKey Key, IReadOnlyDictionary<string, string?> Parent)> parents)
    {
        foreach (var (key, parent) in parents)
        {
            var child = new Dictionary<string, string?>(target.Own.Values);
            foreach (var (own, other) in key.Columns.Zip(key.TargetColumns).Where(pair => !target.Kept.Contains(pair.First)))
                child[own] = parent[other];
            if (!key.Columns.All(name => child[name] == target.Own.Values[name]))
                yield return child;
        }
    }

    private static IEnumerable<string> Arbiters(Target target, ProbeCatalog catalog) =>
        from index in catalog.Model.Catalog.Indexes[target.Table.Oid]
        where index.Unique && !index.Partial && !index.Exclusion && !index.Columns.Contains((short)0)
        select Target.List(index.Columns.Select(number => catalog.Model.Catalog.Columns[target.Table.Oid].First(column => column.Number == number).Name)
            .Select(name => catalog.ColumnsOf[target.Table.Oid].First(column => column.Name == name)));
}
