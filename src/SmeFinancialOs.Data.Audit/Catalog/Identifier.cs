using System.Collections.Frozen;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>A name as it goes into SQL, like quote_ident.</summary>
internal static class Identifier
{
    /// <summary>Besides the reserved words: SELECT word FROM pg_get_keywords() WHERE catcode IN ('C', 'T') on 18.</summary>
    private static readonly FrozenSet<string> AlsoQuoted = """
        authorization between bigint binary bit boolean char character coalesce collation concurrently cross current_schema dec decimal exists extract
        float freeze full greatest grouping ilike inner inout int integer interval is isnull join json json_array json_arrayagg json_exists json_object
        json_objectagg json_query json_scalar json_serialize json_table json_value least left like merge_action national natural nchar none normalize
        notnull nullif numeric out outer overlaps overlay position precision real right row setof similar smallint substring tablesample time timestamp
        treat trim values varchar verbose xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
        """.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    internal static string Quote(string name) => IsPlain(name) ? name : '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    internal static string Literal(string text) => '\'' + text.Replace("'", "''", StringComparison.Ordinal) + '\'';

    /// <summary>"Org Id" in SQL is the name Org Id.</summary>
    internal static string Unquote(string token) =>
        token is ['"', .., '"'] ? token[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : token;

    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
        && (name == "public" || !ReservedWords.Contains(name)) && !AlsoQuoted.Contains(name);
}
