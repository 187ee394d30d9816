using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>FROM: the items, and the conditions of the joins between them.</summary>
internal sealed partial class QueryReader
{
    private static readonly string[] JoinWords = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING"];

    private void ReadFrom(SqlText text, Select select, Dictionary<string, (SqlText Query, Select? Outer)> known)
    {
        // Split would take away the parentheses around a whole join: it is the same join.
        foreach (var part in text.Split(","))
            ReadJoins(part, select, known);
    }

    private List<FromItem> ReadJoins(SqlText text, Select select, Dictionary<string, (SqlText Query, Select? Outer)> known)
    {
        var i = 0;
        var left = ReadItem(text, ref i, select, known);
        while (i < text.Count)
        {
            var kind = text[i].ToUpperInvariant();
            if (kind is not ("JOIN" or "INNER" or "LEFT" or "RIGHT" or "FULL" or "CROSS"))
                throw new UnreadableQueryException($"it has {text[i]} in FROM");
            while (!Is(text, i, "JOIN") && i < text.Count)
                i++;
            i++;
            var right = ReadItem(text, ref i, select, known);
            List<FromItem> both = [.. left, .. right];
            var bound = kind switch { "LEFT" => right, "RIGHT" => left, "FULL" => [], _ => both };
            select.IsInner &= bound == both;
            if (Is(text, i, "ON"))
            {
                var start = i + 1;
                var end = TopLevel(text).Where(at => at >= start && JoinWords.Contains(text[at], StringComparer.OrdinalIgnoreCase)
                    && (text[at + 1] != "(" || Is(text, at, "JOIN"))).DefaultIfEmpty(text.Count).First();
                AddConditions(text.Slice(start, end - start), select, Leaves(bound), known, true);
                i = end;
            }
            else if (Is(text, i, "USING"))
            {
                i = AddUsing(text, i, select, left, right, Leaves(bound));
            }
            left = both;
        }
        return left;
    }

    /// <summary>USING (a, b): an equality for each. The index behind it.</summary>
    private int AddUsing(SqlText text, int index, Select select, List<FromItem> left, List<FromItem> right, HashSet<FromItem> bound)
    {
        var close = text.Close(index + 1);
        foreach (var column in text.Slice(index + 1, close - index).Split(","))
        {
            var name = Identifier.Unquote(column[0]);
            if (left.FindAll(item => ColumnResolver.Has(model, item, name)) is [var one]
                && right.FindAll(item => ColumnResolver.Has(model, item, name)) is [var other])
            {
                var (first, second) = (Qualify(one, name), Qualify(other, name));
                Conditions.Add(new(SqlText.Of($"{first.Text} = {second.Text}"), select, bound, false)
                {
                    Equal = (first, second, select),
                    IsJoin = true,
                });
            }
        }
        return close + (Is(text, close + 1, "AS") ? 3 : 1);

        static SqlText Qualify(FromItem item, string column) => SqlText.Of($"{Identifier.Quote(item.Name)}.{Identifier.Quote(column)}");
    }

    private List<FromItem> ReadItem(SqlText text, ref int i, Select select, Dictionary<string, (SqlText Query, Select? Outer)> known)
    {
        while (Is(text, i, "LATERAL") || Is(text, i, "ONLY"))
            i++;
        if (text[i] == "(")
        {
            var close = text.Close(i);
            var inside = text.Slice(i + 1, close - i - 1);
            i = close + 1;
            if (!IsSubselect(inside))
                return ReadJoins(inside, select, known);
            var branches = ReadQuery(inside, select, known, select.IsReturned);
            return [Add(ReadAlias(text, ref i), null, select, branches)];
        }

        var schema = text[i + 1] == "." ? Identifier.Unquote(text[i]) : null;
        if (schema is not null)
            i += 2;
        var name = Identifier.Unquote(text[i++]);
        if (text[i] == "(")
        {
            var close = text.Close(i);
            ReadNested(text.Slice(i, close - i + 1), select, known, select.IsReturned);
            InnerLists.Add(text.Slice(i, close - i + 1));
            i = close + 1;
            if (Is(text, i, "WITH"))
                i += 2;
            var alias = ReadAlias(text, ref i);
            return [Add((alias.Name ?? name, true), null, select, [])];
        }
        if (name.Length == 0)
            throw new UnreadableQueryException("it has a FROM that is not understood");
        var called = ReadAlias(text, ref i);
        if (schema is null && known.TryGetValue(name, out var cte))
            return [Add((called.Name ?? name, called.IsRenamed), null, select, ReadQuery(cte.Query, cte.Outer, Before(known, name), select.IsReturned))];
        return [Add((called.Name ?? name, called.IsRenamed), resolve(schema, name), select, [])];
    }

    /// <summary>What a CTE sees: those before it.</summary>
    private static Dictionary<string, (SqlText Query, Select? Outer)> Before(Dictionary<string, (SqlText Query, Select? Outer)> known, string name) =>
        known.TakeWhile(item => item.Key != name).ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);

    /// <summary>(SELECT ..), and not (((SELECT ..) AS a JOIN b ON ..)).</summary>
    private static bool IsSubselect(SqlText inside) => inside[0] == "("
        ? IsSubselect(inside.Slice(1, inside.Close(0) - 1))
            && (inside.Close(0) == inside.Count - 1 || SetOperations.Contains(inside[inside.Close(0) + 1], StringComparer.OrdinalIgnoreCase))
        : IsQuery(inside, 0);

    private FromItem Add((string? Name, bool IsRenamed) alias, Relation? table, Select select, IReadOnlyList<Select> branches)
    {
        _itemCount++;
        var item = new FromItem(select, alias.Name ?? "", table, branches, alias.IsRenamed);
        select.Items.Add(item);
        InnerLists.AddRange(branches.Select(branch => branch.List));
        if (table is not null)
            Uses.Add(item);
        return item;
    }

    /// <summary>AS name (columns)</summary>
    private static (string? Name, bool IsRenamed) ReadAlias(SqlText text, ref int i)
    {
        if (Is(text, i, "TABLESAMPLE"))
            throw new UnreadableQueryException("it has TABLESAMPLE");
        if (Is(text, i, "AS"))
            i++;
        else if (i >= text.Count || JoinWords.Contains(text[i], StringComparer.OrdinalIgnoreCase) || !(char.IsLetter(text[i][0]) || text[i][0] is '_' or '"'))
            return (null, false);
        var name = text[i] == "(" ? null : Identifier.Unquote(text[i++]);
        if (text[i] != "(")
            return (name, false);
        i = text.Close(i) + 1;
        return (name, true);
    }
}
