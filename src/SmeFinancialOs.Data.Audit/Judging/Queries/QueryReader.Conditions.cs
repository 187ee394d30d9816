using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// WHERE and ON. A row for which EXISTS (SELECT ..) or column IN (SELECT ..) holds has a row of the sub-select beside it, as if they were joined: so the
/// conditions of the sub-select bind the row, too.
/// </summary>
internal sealed partial class QueryReader
{
    private void AddConditions(SqlText text, Select select, HashSet<FromItem> binds, Dictionary<string, (SqlText Query, Select? Outer)> known, bool isJoin)
    {
        var parts = Parts(text).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Split("BETWEEN").Count > 1)
            {
                // The AND of a BETWEEN b AND c is none that can be split at: what may belong to it is not used.
                var second = ++i < parts.Count ? parts[i] : SqlText.Of("");
                ReadNested(parts[i - 1], select, known, false);
                ReadNested(second, select, known, false);
                Conditions.Add(new(SqlText.Of($"{parts[i - 1].Text} AND {second.Text}"), select, binds, true));
            }
            else
            {
                Conditions.Add(ReadCondition(parts[i], select, binds, known) with { IsJoin = isJoin });
            }
        }
    }

    private static IEnumerable<SqlText> Parts(SqlText text) =>
        text.Split("OR").Count == 1 && text.Split("AND") is { Count: > 1 } all ? all.SelectMany(Parts) : [text.Bare()];

    private Condition ReadCondition(SqlText part, Select select, HashSet<FromItem> binds, Dictionary<string, (SqlText Query, Select? Outer)> known)
    {
        if (Is(part, 0, "EXISTS") && part[1] == "(" && part.Close(1) == part.Count - 1)
        {
            var before = _itemCount;
            var branches = ReadQuery(part.Slice(1, part.Count - 1), select, known, false);
            if (branches is [{ IsPlain: true } only])
                Join(only, binds);
            return new(part, select, binds, _itemCount > before);
        }

        if (part.Split("OR").Count == 1 && QueryOf(part) is var (side, query, isList))
        {
            var readsSide = ReadNested(side, select, known, false);
            var before = _itemCount;
            var branches = ReadQuery(query, select, known, false);
            var reads = readsSide || _itemCount > before;
            if (branches is not [{ Items.Count: > 0 } only] || only.List.Split(",").Count != 1 || only.List.Split("AS")[0] is not { Count: 1 or 3 } selected)
                return new(part, select, binds, reads);
            Join(only, binds);
            // A row of the sub-select that is not equal changes nothing, where it can be neither the one that LIMIT leaves nor one too many.
            return new(part, select, only.IsPlain && isList ? [.. binds, .. Leaves(only.Items)] : binds, reads) { Equal = (side, selected, only) };
        }

        var readsTables = ReadNested(part, select, known, false);
        return new(part, select, binds, readsTables)
        {
            Equal = part.Split("OR").Count == 1 && !Is(part, 0, "NOT") && part.Split("=") is [var left, var right] ? (left, right, select) : null,
        };
    }

    /// <summary>column IN (SELECT ..), column = ANY (SELECT ..), column = (SELECT ..)</summary>
    private static (SqlText Side, SqlText Query, bool IsList)? QueryOf(SqlText part)
    {
        if (Is(part, 0, "NOT"))
            return null;
        if (part.Split("IN") is [var column, var list] && !Is(column, column.Count - 1, "NOT") && list[0] == "(" && IsQuery(list.Bare(), 0))
            return (column, list, true);
        if (part.Split("=") is not [var left, var right])
            return null;
        var of = Is(right, 0, "ANY") ? right.Slice(1, right.Count - 1) : right;
        return of[0] == "(" && IsQuery(of.Bare(), 0) ? (left, of, of != right) : left[0] == "(" && IsQuery(left.Bare(), 0) ? (right, left, false) : null;
    }

    private void Join(Select inner, HashSet<FromItem> binds)
    {
        foreach (var condition in Conditions.Where(condition => condition.Select == inner && (!condition.IsJoin || inner.IsInner)))
            condition.Binds.UnionWith(binds);
    }
}
