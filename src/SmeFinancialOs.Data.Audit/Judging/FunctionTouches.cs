using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What a trigger function, itself or through functions that it calls, does to tables of tenants.</summary>
internal sealed class FunctionTouches(DatabaseModel model, Relation row)
{
    private static readonly string[] Unread = ["EXECUTE", "COPY", "CALL", "TRUNCATE", "REFRESH"];

    private static readonly string[] Blocks = ["THEN", "ELSE", "LOOP", "BEGIN", "DECLARE"];

    /// <summary>Functions of PostgreSQL and its extensions that run a text as SQL, or read a table by its name.</summary>
    private static readonly string[] RunSql = ["query_to_xml", "table_to_xml", "cursor_to_xml", "schema_to_xml", "database_to_xml", "ts_stat", "dblink"];

    private readonly HashSet<uint> _seen = [];

    internal IEnumerable<TableTouch> Of(Function function)
    {
        if (!_seen.Add(function.Oid))
            return [];
        if (function.Language is not ("sql" or "plpgsql"))
            return [Unknown(function, $"{function.Signature} is written in {function.Language}")];
        if (SqlBody.WithoutComments(function.Body) is not { } body)
            return [Unknown(function, $"the body of {function.Signature} has strings that are not understood (E'..' or $$..$$)")];
        var text = SqlText.Of(body);
        if (Unread.FirstOrDefault(text.Has) is { } command)
            return [Unknown(function, $"{function.Signature} has {command}")];
        if (text.Calls().FirstOrDefault(call => RunSql.Any(name => call.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))) is { Of: not null } run)
            return [Unknown(function, $"{function.Signature} calls {run.Name}")];
        var queries = new QueryTouches(model, function, row);
        return
        [
            .. Statements(text).SelectMany(Queries).SelectMany(queries.In),
            .. text.Calls().SelectMany(call => ExpressionClosure.FunctionsOf(model, call)).Distinct().ToList().SelectMany(Of),
        ];
    }

    internal static TableTouch Unknown(Function function, string reason) => new(function, null, 'r', RowChoice.Unknown, reason);

    /// <summary>The parts of IF .. THEN .. ELSE, of loops and blocks, too. What has CASE stays whole.</summary>
    private static IEnumerable<SqlText> Statements(SqlText text)
    {
        var ends = Enumerable.Range(0, text.Count).Where(i => text[i] == ";").ToList();
        foreach (var (start, end) in ends.Prepend(-1).Zip(ends.Append(text.Count)))
        {
            var statement = text.Slice(start + 1, end - start - 1);
            var words = statement.Has("CASE") ? [] : Enumerable.Range(0, statement.Count)
                .Where(i => Blocks.Contains(statement[i], StringComparer.OrdinalIgnoreCase)).ToList();
            foreach (var (from, to) in words.Prepend(-1).Zip(words.Append(statement.Count)))
                yield return statement.Slice(from + 1, to - from - 1);
        }
    }

    /// <summary>Each sub-query on its own, and the rest with NULL in their places.</summary>
    private static IEnumerable<SqlText> Queries(SqlText text)
    {
        var (own, inner) = (SqlText.Of(text.Text), new List<SqlText>());
        for (var i = 0; i < own.Count; i++)
        {
            if (own[i] == "(" && own[i + 1].Equals("SELECT", StringComparison.OrdinalIgnoreCase)
                && own.Slice(i + 1, own.Close(i) - i - 1) is var query && query.Has("FROM"))
            {
                inner.Add(query);
                i = own.Close(i);
            }
        }
        return [.. inner.SelectMany(Queries), SqlText.Of(own.With(inner.Select(query => (query, "NULL"))))];
    }
}
