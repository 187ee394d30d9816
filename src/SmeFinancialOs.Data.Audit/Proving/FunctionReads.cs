using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>Which tenant tables a function may read, by the names in its body and in the bodies of what it calls.</summary>
internal static class FunctionReads
{
    /// <summary>Null where it builds SQL, or is written in another language than SQL and PL/pgSQL.</summary>
    internal static IReadOnlySet<string>? Of(DatabaseModel model, Function function)
    {
        var (seen, open, reads) = (new HashSet<uint> { function.Oid }, new Queue<Function>([function]), new HashSet<string>());
        while (open.TryDequeue(out var next))
        {
            var body = SqlText.Of(next.Body);
            if (next.Language is not ("sql" or "plpgsql") || body.Has("EXECUTE"))
                return null;
            foreach (var relation in model.Catalog.Relations.Values.Where(relation => body.Has(Identifier.Quote(relation.PlainName))))
                reads.UnionWith(model.Below(relation.Oid).Append(relation.Oid).Where(model.IsTenantTable).Select(oid => model.Catalog.Relations[oid].Name));
            foreach (var inner in body.Calls().SelectMany(call => ExpressionClosure.FunctionsOf(model, call)).Where(inner => seen.Add(inner.Oid)))
                open.Enqueue(inner);
        }
        return reads;
    }
}
