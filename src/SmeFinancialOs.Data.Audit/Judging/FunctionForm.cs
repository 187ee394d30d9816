using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Whether the body of a function is one plain SELECT.</summary>
internal static class FunctionForm
{
    /// <summary>What makes a SELECT more than one level of tables, conditions and an order, or changes what AND means.</summary>
    private static readonly string[] NotPlain =
    [
        "with", "union", "except", "intersect", "group", "having", "window", "over", "lateral", "between", "similar", "values", "insert", "update", "delete",
        "merge", "into", "fetch", "tablesample", "natural", "using", "only", "table", "cast", "extract", "substring", "trim", "overlay", "position", ";",
    ];

    private static readonly string[] Asker = ["current_user", "session_user", "user", "current_role", "system_user", "current_schema", "current_catalog"];

    /// <summary>In lower case; empty where the body is not understood.</summary>
    internal static SqlText SelectOf(Function function)
    {
        var text = SqlText.Of(SqlBody.WithoutComments(function.Body));
        if (text[0].Equals("RETURN", StringComparison.OrdinalIgnoreCase))
            text = SqlText.Of("SELECT " + text.Slice(1, text.Count - 1).Text);
        if (text[0].Equals("BEGIN", StringComparison.OrdinalIgnoreCase) && text[1].Equals("ATOMIC", StringComparison.OrdinalIgnoreCase))
            text = text.Slice(2, text.Count - 3);
        while (text[text.Count - 1] == ";")
            text = text.Slice(0, text.Count - 1);
        return Lower(text);
    }

    /// <summary>With lower-case keywords and names, but for quoted ones.</summary>
    internal static SqlText Lower(SqlText part)
    {
        var text = SqlText.Of(part.Text);
        return SqlText.Of(text.With(Enumerable.Range(0, text.Count).Where(i => text[i][0] is not ('\'' or '"'))
            .Select(i => (text.Slice(i, 1), text[i].ToLowerInvariant()))));
    }

    /// <summary>Of a body in SQL, in lower case.</summary>
    internal static IEnumerable<SqlText> StatementsOf(SqlText text)
    {
        if (text[0] == "return")
            text = SqlText.Of("select " + text.Slice(1, text.Count - 1).Text);
        if (text[0] == "begin" && text[1] == "atomic")
            text = text.Slice(2, text.Count - 3);
        return text.Split(";").Where(statement => !statement.IsEmpty).Select(statement => SqlText.Of(statement.Text));
    }

    /// <summary>Why a body cannot stand outside of its function; null when it can.</summary>
    internal static string? Obstacle(DatabaseModel model, Function function, SqlText text, uint owner)
    {
        if (function.Language != "sql")
            return $"{function.Signature} is written in {function.Language}, not in SQL";
        if (function.ParameterTypes is null)
            return $"{function.Signature} has parameters that are not plain input";
        if (function.Settings.Any(setting => !setting.StartsWith("search_path=", StringComparison.Ordinal)))
            return $"{function.Signature} sets other settings while it runs";
        if (function.SearchPath?.Skip(1).Contains("pg_catalog") == true)
            return $"{function.Signature} looks for PostgreSQL's own functions and types last";
        if (text[0] != "select" || NotPlain.FirstOrDefault(text.Has) is not null)
            return $"{function.Signature} is more than one plain SELECT";
        if (owner == 0)
            return null;
        return AsksWhoRuns(new ExpressionClosure(model, [text.Text])) ? $"{function.Signature} asks who runs it" : null;
    }

    /// <summary>Whether the answer may be another one for another role.</summary>
    internal static bool AsksWhoRuns(ExpressionClosure closure) => Asker.Any(closure.Mentions) || closure.External.Any(call =>
        call.Name.StartsWith("has_", StringComparison.Ordinal) || call.Name is "pg_has_role" or "row_security_active" or "current_schemas");
}
