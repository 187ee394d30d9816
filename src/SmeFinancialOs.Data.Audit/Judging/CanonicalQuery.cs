using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A query that a person wrote, with the parentheses that PostgreSQL would print: around every AND, OR and NOT, and around what IS asks about. So what is
/// proved of printed expressions is proved of it. Null where an operator binds in a way that is not known here.
/// </summary>
internal static class CanonicalQuery
{
    private static readonly string[] AfterCondition = ["order", "limit", "offset", "for"];

    /// <summary>A SELECT of one level, with lower-case keywords.</summary>
    internal static string? Of(SqlText query)
    {
        if (!query[0].Equals("select", StringComparison.OrdinalIgnoreCase))
            return null;
        if (!HasFrom(query))
            return Expression(query.Slice(1, query.Count - 1)) is { } value ? $"SELECT {value}" : null;
        if (query.Split("where") is not [var before, var after])
            return query.Text;
        var end = EndOfCondition(after);
        if (Expression(after.Slice(0, end)) is not { } condition)
            return null;
        return $"{before.Text} WHERE {condition} {after.Slice(end, after.Count - end).Text}".TrimEnd();
    }

    /// <summary>Whether it reads something itself, rather than in a sub-select alone.</summary>
    internal static bool HasFrom(SqlText query)
    {
        var depth = 0;
        for (var i = 0; i < query.Count; i++)
        {
            depth += query[i] switch { "(" or "[" => 1, ")" or "]" => -1, _ => 0 };
            if (depth == 0 && query[i].Equals("from", StringComparison.OrdinalIgnoreCase)
                && !query[i - 1].Equals("distinct", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>How many tokens stand before ORDER BY, LIMIT and the like.</summary>
    internal static int EndOfCondition(SqlText text)
    {
        var depth = 0;
        for (var i = 0; i < text.Count; i++)
        {
            depth += text[i] switch { "(" or "[" => 1, ")" or "]" => -1, _ => 0 };
            if (depth == 0 && AfterCondition.Contains(text[i], StringComparer.OrdinalIgnoreCase))
                return i;
        }
        return text.Count;
    }

    internal static string? Expression(SqlText text)
    {
        var understood = true;
        var printed = BooleanExpression.Parse(text).Print(atom =>
        {
            var written = Atom(atom);
            understood &= written is not null;
            return written ?? "";
        });
        return understood ? printed : null;
    }

    private static string? Atom(SqlText atom)
    {
        if (atom.IsEmpty)
            return null;
        if (atom.Split("is") is [var left, var right] && right.Count > 0)
            return left.Has("is") ? null : $"(({left.Text}) IS {right.Text})";
        if (atom[0].Equals("exists", StringComparison.OrdinalIgnoreCase))
            return atom[1] == "(" && atom.Close(1) == atom.Count - 1 && Of(atom.Slice(2, atom.Count - 3)) is { } inner ? $"(EXISTS ({inner}))" : null;
        if (atom.Split("in") is [var column, var list])
            return list[0] == "(" && list.Close(0) == list.Count - 1 ? In(column, list) : null;
        var call = atom[1] == "." ? 3 : 1;
        return atom.Count == 1 || (atom[call] == "(" && atom.Close(call) == atom.Count - 1) ? atom.Text : $"({atom.Text})";
    }

    private static string? In(SqlText column, SqlText list)
    {
        var inner = list.Bare();
        if (!inner[0].Equals("select", StringComparison.OrdinalIgnoreCase))
            return $"({column.Text} IN ({inner.Text}))";
        return Of(inner) is { } query ? $"({column.Text} IN ({query}))" : null;
    }
}
