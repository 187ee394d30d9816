using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// An expression that can only hand on what a setting carries: no clock, no table, no arithmetic, no branch but on a value that is missing. So the states
/// that were evaluated stand for all: whatever the setting is, the expression's value is a part of it.
/// </summary>
internal sealed class SimpleExpression(DatabaseModel model, IReadOnlySet<string> settings)
{
    private const int DeepestCall = 4;

    private static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "string_to_array", "unnest", "jsonb_array_elements_text", "json_array_elements_text", "jsonb_extract_path_text", "json_extract_path_text",
        "jsonb_extract_path", "json_extract_path",
    };

    /// <summary>Besides the names of types and variables, which say nothing by themselves.</summary>
    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "CASE", "CURRENT_USER", "SESSION_USER", "USER", "CURRENT_ROLE", "CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_DATE", "CURRENT_TIME",
        "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "SYSTEM_USER", "UNION", "EXCEPT", "INTERSECT", "WHERE", "LIMIT", "OFFSET", "GROUP", "ORDER",
        "LIKE", "ILIKE", "SIMILAR", "BETWEEN", "LOOP", "WHILE", "FOR", "FOREACH", "EXECUTE", "INSERT", "UPDATE", "DELETE", "MERGE", "EXCEPTION",
        "GREATEST", "LEAST", "AND", "OR", "XMLTABLE", "JSON_TABLE", "CALL", "GET", "COLLATE",
        // types that make one value out of two
        "NAME", "\"char\"", "CHAR", "BPCHAR", "BIT", "REAL", "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "MONEY",
    };

    /// <summary>By their first word. None makes one value out of two.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        "text", "character", "varchar", "uuid", "bigint", "int8", "integer", "int", "int4", "smallint", "numeric", "json", "jsonb", "boolean",
    };

    /// <summary>Behind which an id can be cut in two without becoming another one.</summary>
    private static readonly HashSet<string> Separators = ["','", "', '", "' '", "';'", "'|'"];

    /// <summary>RAISE .. USING ERRCODE = '42501'</summary>
    private static readonly HashSet<string> Raised = new(StringComparer.OrdinalIgnoreCase) { "ERRCODE", "MESSAGE", "DETAIL", "HINT" };

    private static readonly HashSet<string> Operators = new(StringComparer.Ordinal) { "::", "->", "->>", "#>", "#>>" };

    public bool IsSimple(SqlText text) => IsSimple(text, 0);

    private bool IsSimple(SqlText text, int depth)
    {
        if (depth > DeepestCall || TableReferences.FirstIn(text) is not null)
            return false;
        var calls = text.Calls().ToDictionary(call => call.Index);
        for (var i = 0; i < text.Count; i++)
        {
            if (!IsHarmless(text, i) || (calls.TryGetValue(i, out var call) && !IsHarmless(call, depth)))
                return false;
        }
        return true;
    }

    private static bool IsHarmless(SqlText text, int index)
    {
        var token = text[index];
        if (token is "=" or "<>" or "!=")
            return text[index - 1] == ":" || Raised.Contains(text[index - 1]) || text[index + 1] == "''" || text[index - 1] == "''";
        if (text[index - 1] == "::" && (!Types.Contains(token) || text[index + 1] == "(" || text[index + 2] == "("))
            return false;
        if (token.Equals("CHARACTER", StringComparison.OrdinalIgnoreCase))
            return text[index + 1].Equals("varying", StringComparison.OrdinalIgnoreCase);
        if (token.Equals("NULLIF", StringComparison.OrdinalIgnoreCase))
            return text.Slice(index + 2, text.Close(index + 1) - index - 2).Split(",") is [_, var empty] && empty.Split("::")[0].Bare().Is("''");
        if ("<>=!~*/+@#%^&|-:".Contains(token[0], StringComparison.Ordinal))
            return Operators.Contains(token) || (token == ":" && text[index + 1] == "=");
        if (token.Equals("EXCEPTION", StringComparison.OrdinalIgnoreCase))
            return text[index - 1].Equals("RAISE", StringComparison.OrdinalIgnoreCase);
        return !Forbidden.Contains(token);
    }

    private bool IsHarmless(SqlCall call, int depth)
    {
        if (call.IsCurrentSetting)
            return call.Arguments[0] is ['\'', .., '\''] && settings.Contains(ExpressionClosure.LiteralText(call.Arguments[0]).ToLowerInvariant());
        var own = ExpressionClosure.FunctionsOf(model, call).ToList();
        if (own.Count == 0)
        {
            return call.Name.Equals("string_to_array", StringComparison.OrdinalIgnoreCase)
                ? call.Arguments.Split(",") is [_, var separator] && Separators.Contains(separator.Split("::")[0].Bare().Text)
                : Functions.Contains(call.Name) || IsKeyword(call);
        }

        return own.All(function => !function.Definer && function.Language is "sql" or "plpgsql" && Types.Contains(function.Returns.Split(' ', '[')[0])
            && function.Settings.All(setting => setting.StartsWith("search_path=", StringComparison.Ordinal))
            && SqlBody.WithoutComments(function.Body) is { } body && IsSimple(SqlText.Of(body), depth + 1));
    }

    /// <summary>What PL/pgSQL writes with parentheses: IF (..), RETURN (..).</summary>
    private static bool IsKeyword(SqlCall call) => call.Name.ToUpperInvariant() is "IF" or "RETURN" or "THEN" or "ELSE" or "ELSIF" or "PERFORM" or "BEGIN";
}
