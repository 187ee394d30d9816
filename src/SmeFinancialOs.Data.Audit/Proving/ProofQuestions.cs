using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>What an identity is asked: it reads each table, view and function, and writes each table that has a row of both tenants.</summary>
internal sealed class ProofQuestions(ProbeCatalog catalog, ProbeContext context, Seeder seeder, IReadOnlyList<ProofQuestion> calls)
{
    private DatabaseModel Model => catalog.Model;

    public IEnumerable<ProofQuestion> For(Privileges rights)
    {
        foreach (var relation in Model.Catalog.Relations.Values.Where(relation => (relation.IsTable && !relation.Temporary) || relation.Kind is 'v' or 'm'))
        {
            var columns = catalog.ColumnsOf[relation.Oid].ToList();
            if (columns.Count == 0)
                continue;
            var asked = Observations.Of(relation, columns, rights).First();
            // What stands in other tables may change with a fix, such as a list of protected tables: whether it can be read may not.
            yield return new(relation.Name, "SELECT", [], Model.IsTenantTable(relation.Oid) || Model.ReadsTenants(relation.Oid) ? asked.Asked
                : $"SELECT count(*)::text FROM ({asked.Statement} LIMIT 0) AS answer", null);
        }
        foreach (var question in calls)
            yield return question;
        foreach (var question in Model.TenantTables.Select(TargetOf).OfType<Target>().SelectMany(target => Writes(target, rights)))
            yield return question;
    }

    /// <summary>Null where a row of either tenant could not be made.</summary>
    public Target? TargetOf(Relation table) =>
        (from own in seeder.Of(table, context.Own)
         from other in seeder.Of(table, context.Other)
         where own.Leaf == other.Leaf
         select new Target(table, table, [.. catalog.ColumnsOf[table.Oid]], [catalog.TenantColumn(table)], own, other, context, seeder.Rows))
        .FirstOrDefault();

    /// <summary>The calls of the functions of the host, for identities that may make them.</summary>
    internal static async Task<IReadOnlyList<ProofQuestion>> CallsAsync(ProbeCatalog catalog, ProbeContext context, Seeder seeder, ProbeSession session)
    {
        var functions = new FunctionCalls(catalog, context, seeder, new ValueCheck(session));
        var calls = new List<ProofQuestion>();
        foreach (var function in functions.Callable.Where(function => !function.Procedure))
        {
            foreach (var call in await functions.CallsAsync(function).ConfigureAwait(false))
                calls.Add(new(function.Signature, "a call", [], FunctionCalls.Asked(function, call).Asked, null));
        }
        return calls;
    }

    /// <summary>Without WHERE and RETURNING, for which the policies of SELECT would be asked, too.</summary>
    private static IEnumerable<ProofQuestion> Writes(Target target, Privileges rights)
    {
        string[] unchecked_ = ["SET LOCAL session_replication_role = replica"];
        var changed = $"SELECT concat_ws(' ', ({IsMoved(target, target.Own)})::text, ({IsMoved(target, target.Other)})::text)";
        var update = target.Granted(rights.Update);
        var set = Target.Assign([update.FirstOrDefault(column => !target.IsOwner(column)) ?? update[0]], target.Own.Values);
        yield return new(target.Name, "UPDATE", [], $"UPDATE {target.Name} SET {set}", changed);
        // Foreign keys are not looked at: a row that is referred to could not be deleted.
        yield return new(target.Name, "DELETE", unchecked_, $"DELETE FROM {target.Name}", changed);
        foreach (var (seed, where, effect) in ((Seed, string, string)[])
            [(target.Own, target.WhereOwn, "true, false"), (target.Other, target.WhereOther, "false, true")])
        {
            yield return new(target.Name, "INSERT",
                [.. unchecked_, $"DELETE FROM {target.Name} {where}", "SET LOCAL session_replication_role = origin"],
                target.Insert(target.Granted(rights.Insert), seed.Values),
                $"SELECT CASE WHEN EXISTS (SELECT FROM {target.Name} {where}) "
                + $"THEN concat_ws(' ', {effect}) ELSE 'false false' END");
        }
    }

    /// <summary>Whether the seeded rows of a tenant are not where they were.</summary>
    private static string IsMoved(Target target, Seed seed) => "NOT EXISTS (SELECT FROM "
        + $"{target.Name} {(seed == target.Own ? target.WhereOwn : target.WhereOther)} "
        + $"AND tableoid = {seed.Leaf} AND ctid = '{seed.Place}')";
}
