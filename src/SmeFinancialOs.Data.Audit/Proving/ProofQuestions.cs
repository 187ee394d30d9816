using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>What an identity is asked: it reads each table, view and function, and writes each table that has a row of both tenants.</summary>
internal sealed class ProofQuestions(ProbeCatalog catalog, ProbeContext context, Seeder seeder, IReadOnlyList<ProofQuestion> calls,
    IReadOnlySet<(uint Relation, string Column)> changing)
{
    private DatabaseModel Model => catalog.Model;

    public IEnumerable<ProofQuestion> For(Privileges rights)
    {
        foreach (var relation in Model.Catalog.Relations.Values.Where(relation => (relation.IsTable && !relation.Temporary) || relation.Kind is 'v' or 'm'))
        {
            var columns = catalog.ColumnsOf[relation.Oid].ToList();
            if (columns.Count == 0)
                continue;
            var compared = columns.FindAll(column => !changing.Contains((relation.Oid, column.Name)));
            var asked = Observations.Of(relation, compared.Count > 0 ? compared : columns, rights).First();
            // What stands in other tables may change with a fix, such as a list of protected tables: whether it can be read may not.
            yield return new(relation.Name, "SELECT", [], Model.IsTenantTable(relation.Oid) || Model.ReadsTenants(relation.Oid) ? asked.Asked
                : $"SELECT count(*)::text FROM ({asked.Statement} LIMIT 0) AS answer", null);
        }
        foreach (var question in calls)
            yield return question;
        foreach (var question in Model.TenantTables.Select(TargetOf).OfType<Target>().SelectMany(target => Writes(target, rights)
            .Concat(SharedRows.Questions(Model, target))))
            yield return question;
    }

    /// <summary>Null where a row of either tenant could not be made.</summary>
    public Target? TargetOf(Relation table) =>
        (from own in seeder.Of(table, context.Own)
         from other in seeder.Of(table, context.Other)
         where own.Leaf == other.Leaf
         select new Target(table, table, [.. catalog.ColumnsOf[table.Oid]], [catalog.TenantColumn(table)], own, other, context, seeder.Rows))
        .FirstOrDefault();

    /// <summary>The columns of views that are other ones each time, such as random() or nextval(): they say nothing of whose the rows are.</summary>
    internal static async Task<IReadOnlySet<(uint Relation, string Column)>> ChangingAsync(ProbeCatalog catalog, ProbeSession session)
    {
        var changing = new HashSet<(uint, string)>();
        foreach (var view in catalog.Model.Catalog.Relations.Values.Where(relation => relation.Kind == 'v'))
        {
            foreach (var column in catalog.ColumnsOf[view.Oid])
            {
                var sql = $"SELECT md5(string_agg({column.Sql}::text, '|' ORDER BY {column.Sql}::text)) FROM {view.Name}";
                var (same, error) = await session.TryAsync(async () => await session.ScalarAsync(sql).ConfigureAwait(false)
                    == await session.ScalarAsync(sql).ConfigureAwait(false) ? "same" : "").ConfigureAwait(false);
                if (error is null && same is not "same")
                    changing.Add((view.Oid, column.Name));
            }
        }
        return changing;
    }

    /// <summary>The calls of the functions of the host, for identities that may make them.</summary>
    internal static async Task<IReadOnlyList<ProofQuestion>> CallsAsync(ProbeCatalog catalog, ProbeContext context, Seeder seeder, ProbeSession session)
    {
        var functions = new FunctionCalls(catalog, context, seeder, new ValueCheck(session));
        var calls = new List<ProofQuestion>();
        foreach (var function in functions.Callable.Where(function => !function.Procedure))
        {
            var reads = FunctionReads.Of(catalog.Model, catalog.Model.Catalog.Functions[function.Oid]);
            foreach (var call in await functions.CallsAsync(function).ConfigureAwait(false))
                calls.Add(new(function.Signature, ProofQuestion.Call, [], FunctionCalls.Asked(function, call).Asked, null) { Reads = reads });
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
