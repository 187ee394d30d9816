using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>The functions that the app may call, with arguments out of the other tenant's rows.</summary>
internal sealed class FunctionCalls(ProbeCatalog catalog, ProbeContext context, Seeder seeder, ValueCheck valid)
{
    private const int PerArgument = 8;
    private const int PerFunction = 24;

    private readonly Candidates _candidates = new(catalog.TypesByOid);

    internal IEnumerable<ProbeFunction> Callable => catalog.AllFunctions.Where(function =>
        catalog.Model.AppGrants(GrantKind.Function, function.Oid).Any() || catalog.Model.Identities.IsApp(catalog.Model.Catalog.Functions[function.Oid].Owner));

    /// <summary>Empty when a value for an argument cannot be made up.</summary>
    internal async Task<IReadOnlyList<string>> CallsAsync(ProbeFunction function)
    {
        var lists = new List<List<string>>();
        foreach (var oid in function.Arguments)
        {
            var known = Known(oid).Take(PerArgument).ToList();
            if (known.Count == 0 && catalog.TypesByOid.TryGetValue(oid, out var type))
                known = [.. (await valid.ValidAsync(type.Name, _candidates.For(Argument(oid), [], 1)).ConfigureAwait(false)).Take(2)
                    .Select(text => Argument(oid).Value(text))];
            lists.Add(known);
        }
        var calls = Combine(lists).Take(PerFunction).Select(arguments => $"{function.Name}({string.Join(", ", arguments)})").ToList();
        if (function.Defaults > 0 && function.Defaults == function.Arguments.Length)
            calls.Insert(0, $"{function.Name}()");
        return [.. calls.Select(call => (function.Procedure ? "CALL " : "SELECT ") + call)];
    }

    internal static Question Asked(ProbeFunction function, string call) => new(function.Signature, "call", call,
        $"SELECT count(*) || ' ' || coalesce(md5(string_agg(answer.probe::text, '|' ORDER BY answer.probe::text)), '') FROM ({call} AS probe) AS answer");

    private ProbeColumn Argument(uint oid) => new(0, "", oid, catalog.TypesByOid[oid].Name, true, ' ', ' ', null);

    private IEnumerable<string> Known(uint oid) =>
        (from table in catalog.Tables
         let tenant = catalog.Model.TenantColumnOf(table.Oid)?.Name
         from seed in seeder.Of(table, context.Other)
         from column in catalog.ColumnsOf[table.Oid]
         where column.TypeOid == oid && seed.Values.GetValueOrDefault(column.Name) is not null
         orderby column.Name == tenant descending
         select Argument(oid).Value(seed.Values[column.Name])).Distinct();

    private static IEnumerable<IEnumerable<string>> Combine(List<List<string>> lists) =>
        lists.Aggregate(Enumerable.Repeat(Enumerable.Empty<string>(), 1), (rows, list) => rows.SelectMany(row => list.Select(row.Append)));
}
