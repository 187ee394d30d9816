namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>
/// SECURITY DEFINER functions that let pass rows of the tenant alone, and use an argument in what PostgreSQL may evaluate before the filter. Call: its error
/// tells that another tenant has a row with the number 22.
/// </summary>
internal static class ArgumentFunctions
{
    private const string Filter = "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint";

    internal static IReadOnlyList<(string Name, string Sql, string Call)> Failing { get; } =
    [
        ("divides", Sql("SELECT number FROM numbers WHERE $mine AND 1 / (number - n) > -5"), "f(22)"),
        ("divides in OR", Sql("SELECT number FROM numbers WHERE $mine AND (n IS NULL OR 1 / (number - n) > -5)"), "f(22)"),
        ("divides in HAVING", Sql("SELECT number FROM numbers WHERE $mine GROUP BY number HAVING 1 / (number - n) > -5"), "f(22)"),
        ("divides in a sub-select", Sql("SELECT x FROM (SELECT 1 / (number - n) AS x FROM numbers WHERE $mine) s WHERE x > -5"), "f(22)"),
        ("divides around a sub-select", Sql("SELECT number FROM (SELECT number FROM numbers WHERE $mine) s WHERE 1 / (number - n) > -5"), "f(22)"),
        ("divides in a CTE", Sql("WITH s AS (SELECT 1 / (number - n) AS x FROM numbers WHERE $mine) SELECT x FROM s WHERE x > -5"), "f(22)"),
        ("divides by a column of a sub-select", Sql("SELECT number FROM numbers, (SELECT n AS m) s WHERE $mine AND 1 / (number - m) > -5"), "f(22)"),
        ("divides in CASE", Sql("SELECT number FROM numbers WHERE $mine AND CASE WHEN n > 0 THEN 1 / (number - n) > -5 ELSE true END"), "f(22)"),
        ("multiplies", Sql("SELECT number FROM numbers WHERE $mine AND number * n > 0"), "f(614891469123651720)"),
        ("matches a pattern", Sql("SELECT number FROM numbers WHERE name LIKE word AND $mine", "word text"), "f('twenty\\')"),
        ("divides in PL/pgSQL", "CREATE FUNCTION f(n bigint) RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = $schema, pg_temp AS $f$ "
            + $"DECLARE m bigint; BEGIN m := n; RETURN QUERY SELECT number FROM numbers WHERE {Filter} AND 1 / (number - m) > -5; END $f$;", "f(22)"),
        ("updates", Sql("UPDATE numbers SET number = 5 WHERE $mine AND 1 / (number - n) > -5 RETURNING number"), "f(22)"),
    ];

    internal static IReadOnlyList<LabelledObject> All { get; } = [.. Failing.Select(each => new LabelledObject(
        $"a definer function that {each.Name} by its argument", PolicyVerdict.NotJudged, each.Sql))];

    private static string Sql(string query, string parameter = "n bigint") =>
        $"CREATE FUNCTION f({parameter}) RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER SET search_path = $schema, pg_temp AS $f$ "
        + $"{query.Replace("$mine", Filter, StringComparison.Ordinal)} $f$;";
}
