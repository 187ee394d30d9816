using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// Conditions of one query are evaluated in the order that PostgreSQL chooses, on rows of other tenants, too. Where one of them has an argument, its caller
/// can make it fail for a value of its choice, and the error tells that another tenant has the value. Comparisons of types whose operators are LEAKPROOF do
/// not fail.
/// </summary>
internal sealed class ArgumentUse(DatabaseModel model, JudgingFacts facts, ColumnResolver columns)
{
    private static readonly string[] Comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];

    /// <summary>A condition with an argument that may fail on a row of another tenant; null where there is none.</summary>
    internal string? FindLeak(QueryReader query) =>
        query.Conditions.Where(condition => !IsHarmless(condition.Text, condition.Select)).Select(condition => condition.Text).FirstOrDefault()?.Text
            ?? query.InnerLists.FirstOrDefault(list => list.Has(ColumnResolver.Unknown))?.Text;

    private bool IsHarmless(SqlText text, Select select)
    {
        text = text.Bare();
        if (!text.Has(ColumnResolver.Unknown) || IsValue(text, select))
            return true;
        // What sub-selects have in their own conditions is looked at by itself.
        if (text.Has("SELECT") || text.Has("CASE"))
            return text.Has("SELECT") && !WithoutQueries(text).Has(ColumnResolver.Unknown);
        if (text.Split("OR") is { Count: > 1 } either)
            return either.All(part => IsHarmless(part, select));
        if (text.Split("BETWEEN") is [var side, var range])
            return range.Split("AND") is { Count: 2 } ends && ends.All(end => IsComparison(Without(side, "NOT"), end, select));
        if (text.Split("AND") is { Count: > 1 } all)
            return all.All(part => IsHarmless(part, select));
        if (text[0].Equals("NOT", StringComparison.OrdinalIgnoreCase))
            return IsHarmless(text.Slice(1, text.Count - 1), select);
        if (text.Split("IN") is [var one, var list] && list[0] == "(")
            return list.Split(",").All(item => IsComparison(Without(one, "NOT"), item, select));
        return Comparisons.Select(text.Split).FirstOrDefault(parts => parts.Count == 2) is [var left, var right]
            && IsComparison(left, right[0].Equals("ANY", StringComparison.OrdinalIgnoreCase) ? right.Slice(1, right.Count - 1) : right, select);
    }

    private static SqlText Without(SqlText text, string last) =>
        text[text.Count - 1].Equals(last, StringComparison.OrdinalIgnoreCase) ? text.Slice(0, text.Count - 1) : text;

    private bool IsComparison(SqlText left, SqlText right, Select select) =>
        (IsValue(left, select) || IsComparable(left, select)) && (IsValue(right, select) || IsComparable(right, select));

    /// <summary>Of no row of a tenant: evaluated once, or for what all may see.</summary>
    private bool IsValue(SqlText text, Select select)
    {
        var known = new Condition(SqlText.Of(text.Text.Replace(ColumnResolver.Unknown, "NULL", StringComparison.Ordinal)), select, [], text.Has("SELECT"));
        return columns.UsesIn(known) is { } uses && uses.All(use => !model.HasTenants(use.Table!.Oid));
    }

    private bool IsComparable(SqlText text, Select select) => columns.Resolve(text, select) is var (use, name)
        && (!model.HasTenants(use.Table!.Oid) || (facts.Tables.TryGetValue(use.Table.Oid, out var known)
            && known[name] is { IsArray: false } column && facts.LeakproofTypes.Contains(column.Base)));

    /// <summary>But for those that have an argument in what they select.</summary>
    private static SqlText WithoutQueries(SqlText part)
    {
        var text = SqlText.Of(part.Text);
        var changes = new List<(SqlText, string)>();
        for (var i = 0; i < text.Count; i++)
        {
            if (text[i] != "(" || !text[i + 1].Equals("SELECT", StringComparison.OrdinalIgnoreCase))
                continue;
            var query = text.Slice(i, text.Close(i) - i + 1);
            if (query.Has("DISTINCT") || query.Split("FROM")[0].Has(ColumnResolver.Unknown))
                continue;
            changes.Add((query, "NULL"));
            i += query.Count - 1;
        }
        return SqlText.Of(text.With(changes));
    }
}
