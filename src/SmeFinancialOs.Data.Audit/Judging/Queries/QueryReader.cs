using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// Reads queries: which tables they use, and which conditions bind each use. resolve: the table of a name, with its schema or null; it throws where there is
/// none that is known.
/// </summary>
/// <exception cref="UnreadableQueryException">Thrown by all that reads, for what is not read.</exception>
internal sealed partial class QueryReader(DatabaseModel model, Func<string?, string, Relation> resolve)
{
    private static readonly string[] Clauses = ["FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];
    private static readonly string[] SetOperations = ["UNION", "INTERSECT", "EXCEPT"];

    private int _itemCount;

    /// <summary>Of tables, in all queries that were read.</summary>
    public List<FromItem> Uses { get; } = [];

    public List<Condition> Conditions { get; } = [];

    public List<Write> Writes { get; } = [];

    /// <summary>What sub-selects and functions behind FROM make: a condition around them may be about it.</summary>
    public List<SqlText> InnerLists { get; } = [];

    /// <summary>A query with its WITH and UNION: one SELECT for each branch.</summary>
    public IReadOnlyList<Select> Read(SqlText text) => ReadQuery(text, null, [], true);

    private IReadOnlyList<Select> ReadQuery(SqlText text, Select? outer, Dictionary<string, (SqlText Query, Select? Outer)> known, bool isReturned)
    {
        text = text.Bare();
        if (Is(text, 0, "WITH"))
            text = ReadWith(text, outer, known = new(known, StringComparer.Ordinal)).Bare();
        var parts = SplitBranches(text);
        if (parts.Count > 1)
        {
            var branches = parts.SelectMany(part => ReadQuery(part, outer, known, isReturned)).ToList();
            branches.ForEach(branch => branch.IsPlain = false);
            return branches;
        }
        if (text[0] == "(" && text.Close(0) is var close && close < text.Count - 1)
        {
            var inner = ReadQuery(text.Slice(0, close + 1), outer, known, isReturned);
            foreach (var branch in inner)
                branch.IsPlain = false;
            ReadNested(text.Slice(close + 1, text.Count - close - 1), outer, known, false);
            return inner;
        }
        return [ReadSelect(text, new(outer, isReturned), known)];
    }

    /// <summary>The query behind the list of CTEs.</summary>
    private static SqlText ReadWith(SqlText text, Select? outer, Dictionary<string, (SqlText Query, Select? Outer)> known)
    {
        for (var i = 1; ; i++)
        {
            if (Is(text, i, "RECURSIVE"))
                throw new UnreadableQueryException("it has WITH RECURSIVE");
            var name = Identifier.Unquote(text[i]);
            if (!Is(text, ++i, "AS"))
                throw new UnreadableQueryException($"the columns of the CTE {name} are renamed");
            while (text[i] is not ("(" or ""))
                i++;
            var close = text.Close(i);
            known[name] = (text.Slice(i + 1, close - i - 1), outer);
            i = close + 1;
            if (text[i] != ",")
                return text.Slice(i, text.Count - i);
        }
    }

    private static List<SqlText> SplitBranches(SqlText text)
    {
        var (parts, start) = (new List<SqlText>(), 0);
        foreach (var i in TopLevel(text).Where(i => SetOperations.Contains(text[i], StringComparer.OrdinalIgnoreCase) && !IsLabel(text, i)))
        {
            parts.Add(text.Slice(start, i - start));
            start = Is(text, i + 1, "ALL") || Is(text, i + 1, "DISTINCT") ? i + 2 : i + 1;
        }
        parts.Add(text.Slice(start, text.Count - start));
        return parts;
    }

    private Select ReadSelect(SqlText text, Select select, Dictionary<string, (SqlText Query, Select? Outer)> known)
    {
        if (Is(text, 0, "VALUES"))
        {
            ReadNested(text, select, known, select.IsReturned);
            select.IsPlain = false;
            return select;
        }
        if (!Is(text, 0, "SELECT") || (Is(text, 1, "DISTINCT") && (Is(text, 2, "FROM") || Is(text, 2, "ON"))))
            throw new UnreadableQueryException($"it has a query that begins with {text.Slice(0, Math.Min(3, text.Count)).Text}");
        var clauses = ReadClauses(text, Clauses);
        var list = clauses[0].Text;
        select.List = Is(list, 0, "DISTINCT") || Is(list, 0, "ALL") ? list.Slice(1, list.Count - 1) : list;
        select.IsPlain = select.List.Calls().Count == 0 && clauses.TrueForAll(clause => clause.Word is "SELECT" or "FROM" or "WHERE" or "ORDER");
        if (select.List.Has("INTO"))
            throw new UnreadableQueryException("it has SELECT INTO");
        if (clauses.Find(clause => clause.Word == "FROM").Text is { } from)
            ReadFrom(from, select, known);
        foreach (var (word, part) in clauses.Where(clause => clause.Word != "FROM"))
        {
            if (word is "WHERE" or "HAVING")
                AddConditions(part, select, word == "WHERE" ? Leaves(select.Items) : [], known, false);
            else
                ReadNested(part, select, known, word == "SELECT" && select.IsReturned);
        }
        return select;
    }

    /// <summary>The first one is what stands behind the first word.</summary>
    private static List<(string Word, SqlText Text)> ReadClauses(SqlText text, string[] words)
    {
        var starts = TopLevel(text).Skip(1).Where(i => words.Contains(text[i], StringComparer.OrdinalIgnoreCase) && !IsLabel(text, i)
            && !Is(text, i - 1, "WITHIN") && !(Is(text, i, "FROM") && Is(text, i - 1, "DISTINCT"))).Prepend(0).ToList();
        return [.. starts.Select((start, n) => (text[start].ToUpperInvariant(),
            text.Slice(start + 1, (n + 1 < starts.Count ? starts[n + 1] : text.Count) - start - 1)))];
    }

    /// <summary>Reads the sub-selects of an expression. True where one reads something.</summary>
    private bool ReadNested(SqlText text, Select? select, Dictionary<string, (SqlText Query, Select? Outer)> known, bool isReturned)
    {
        var before = _itemCount;
        for (var i = 0; i < text.Count; i++)
        {
            if (text[i] != "(" || !IsQuery(text, i + 1))
                continue;
            var close = text.Close(i);
            ReadQuery(text.Slice(i + 1, close - i - 1), select, known, isReturned);
            i = close;
        }
        return _itemCount > before;
    }

    private static bool IsQuery(SqlText text, int index)
    {
        if (Is(text, index, "TABLE"))
            throw new UnreadableQueryException("it has TABLE in the place of SELECT");
        return Is(text, index, "SELECT") || Is(text, index, "WITH") || Is(text, index, "VALUES");
    }

    /// <summary>The items and those of plain sub-selects among them: a condition on the columns of these is one on theirs.</summary>
    private static HashSet<FromItem> Leaves(IEnumerable<FromItem> items) =>
        [.. items.SelectMany(item => item.Branches is [{ IsPlain: true } plain] ? Leaves(plain.Items).Append(item) : [item])];

    private static IEnumerable<int> TopLevel(SqlText text)
    {
        var depth = 0;
        for (var i = 0; i < text.Count; i++)
        {
            if (text[i] is ")" or "]" || Is(text, i, "END"))
                depth--;
            if (depth == 0)
                yield return i;
            if (text[i] is "(" or "[" || Is(text, i, "CASE"))
                depth++;
        }
    }

    private static bool IsLabel(SqlText text, int index) => text[index - 1] == "." || Is(text, index - 1, "AS");

    private static bool Is(SqlText text, int index, string word) => text[index].Equals(word, StringComparison.OrdinalIgnoreCase);
}
