using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Takes rows away, so that a refusal is one of the policies and not of some key.</summary>
internal sealed class RowRemover(ProbeSession session, ProbeCatalog catalog, ProbeContext context, Seeder seeder, Findings findings)
{
    /// <summary>All rows of the other tenant, everywhere.</summary>
    internal async Task WithoutOtherAsync()
    {
        var removable = new List<Relation>();
        foreach (var table in catalog.RootTables.Where(table => context.Attacks(catalog.LevelOf(table))))
        {
            if (await MayDeleteAsync(table).ConfigureAwait(false))
                removable.Add(table);
            else
                findings.Unclear(table.Name, "Whether its rows are seen is not told: the login of the app may not delete them, as the probe has to. "
                    + "Probe a throwaway database as a superuser.");
        }
        var (_, error) = await TryRemoveAsync(removable).ConfigureAwait(false);
        foreach (var table in removable.Where(_ => error is not null).OrderByDescending(seeder.OrderOf))
        {
            if ((await TryRemoveAsync([table]).ConfigureAwait(false)).Error is { } fault)
                findings.Unclear(table.Name, $"Whether its rows are seen is not told: they could not be deleted: {Refusals.Text(fault)}");
        }
        await RefreshAsync().ConfigureAwait(false);
    }

    private Task<(string? Result, Npgsql.PostgresException? Error)> TryRemoveAsync(IReadOnlyList<Relation> tables) => session.TryAsync(async () =>
    {
        await RemoveAsync(tables.Select(table => (table, context.Other, (Seed?)null))).ConfigureAwait(false);
        return "";
    });

    /// <summary>The rows of one tenant in a table and all but one of the other's, with everything that refers to them.</summary>
    internal Task WithoutAsync(Relation table, string tenant, Seed kept) =>
        RemoveAsync(RowsOfDependents(table).Append((table, tenant, null)).Append((table, kept.Tenant, kept)));

    /// <summary>What refers to the rows of both tenants.</summary>
    internal Task WithoutDependentsAsync(Relation table) => RemoveAsync(RowsOfDependents(table));

    private IEnumerable<(Relation Table, string Tenant, Seed? Kept)> RowsOfDependents(Relation table) =>
        Dependents(table).SelectMany(child => context.Tenants.Select(whose => (child, whose, (Seed?)null)));

    /// <summary>A materialized view shows what was there when it was made.</summary>
    internal async Task RefreshAsync()
    {
        foreach (var view in context.Superuser ? catalog.Model.Catalog.Relations.Values.Where(relation => relation.Kind == 'm') : [])
            await session.TryAsync(async () =>
                { await session.RunAsync($"REFRESH MATERIALIZED VIEW {view.Name}").ConfigureAwait(false); return view; }).ConfigureAwait(false);
    }

    /// <summary>As our own schema keeps every tenant from its row of the tenants' table.</summary>
    private async Task<bool> MayDeleteAsync(Relation table)
    {
        if (context.Superuser)
            return true;
        var ask = $"SELECT has_table_privilege({table.Oid}::oid, 'DELETE')::text";
        return (await session.ReadAsync([.. context.Enter(context.Other), ask, .. context.Leave]).ConfigureAwait(false))[^2] is [["true"]];
    }

    private async Task RemoveAsync(IEnumerable<(Relation Table, string Tenant, Seed? Kept)> rows)
    {
        var deletions = rows.OrderByDescending(row => seeder.OrderOf(row.Table))
            .Select(row => (row.Tenant,
            Sql: seeder.Rows.Delete(row.Table, row.Tenant)
            + (row.Kept is { } kept ? $" AND NOT (tableoid = {kept.Leaf} AND ctid = '{kept.Place}')" : "")));
        if (context.Superuser)
            await session.RunAsync(["SET LOCAL session_replication_role = replica", .. deletions.Select(deletion => deletion.Sql),
                "SET LOCAL session_replication_role = origin"]).ConfigureAwait(false);
        else
            await session.RunAsync([.. deletions.SelectMany(deletion => context.Enter(deletion.Tenant).Append(deletion.Sql)),
                .. context.Leave]).ConfigureAwait(false);
    }

    private IEnumerable<Relation> Dependents(Relation table)
    {
        var open = new Queue<uint>(Family(table));
        // A parent may refer to one of its children: without it, the child's row would be nobody's.
        var seen = new HashSet<uint>(open.Concat(Ancestors(table)));
        while (open.TryDequeue(out var target))
        {
            foreach (var key in catalog.ForeignKeys.Where(key => key.Target == target && catalog.Model.HasTenants(key.Relation) && seen.Add(key.Relation)))
            {
                open.Enqueue(key.Relation);
                yield return catalog.Model.Catalog.Relations[key.Relation];
            }
        }
    }

    private IEnumerable<uint> Ancestors(Relation table) => catalog.OwnersOf(table).Select(owner => owner.Parent).OfType<Relation>()
        .SelectMany(parent => Ancestors(parent).Append(parent.Oid));

    private IEnumerable<uint> Family(Relation table) => table.Parents.Where(catalog.Model.Catalog.Relations.ContainsKey)
        .SelectMany(parent => Family(catalog.Model.Catalog.Relations[parent])).Append(table.Oid);
}
