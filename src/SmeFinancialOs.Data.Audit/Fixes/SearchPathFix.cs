using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Pins the search_path of a function, pg_temp last.</summary>
internal static class SearchPathFix
{
    /// <summary>
    /// A path that is there stays as it is; '' finds pg_catalog alone. Without one the body may count on any schema of the caller's: these are the likely ones.
    /// </summary>
    internal static Fix Pin(DatabaseModel model, Function function)
    {
        var own = Identifier.Unquote(function.SqlName[..^(Identifier.Quote(function.Name).Length + 1)]);
        var path = function.SearchPath switch
        {
            { Count: 0 } => ["pg_catalog"],
            { } known => known.Where(name => name != "pg_temp"),
            null => new[] { "pg_catalog", own, "public" }.Where(name => name != "public" || model.Catalog.Schemas.Any(schema => schema.Name == "public"))
                .Distinct(),
        };
        var sql = $"ALTER ROUTINE {function.Signature} SET search_path = {string.Join(", ", path.Append("pg_temp").Select(Identifier.Quote))};";
        return function.SearchPath is null ? Fix.Review(sql) : Fix.Safe(sql);
    }
}
