using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// An atom that takes the tenant from a row of another table that the role sees: key IN (SELECT m.tenant_id FROM m ..) or EXISTS (SELECT .. FROM m WHERE
/// m.tenant_id = t.tenant_id ..); for a child table with its whole foreign key in the place of the tenant column. Where that table is safe, so is the atom.
/// Conditions: what a row of that table must meet besides. Owner: of the SECURITY DEFINER function that reads the table; 0 where the role itself reads it.
/// </summary>
internal sealed record HandedOn(Relation Table, uint Owner, string Alias, IReadOnlyList<SqlText> Conditions)
{
    private static readonly string[] Forbidden = ["UNION", "EXCEPT", "INTERSECT", "JOIN", "GROUP", "HAVING", "WITH", "LATERAL"];

    /// <summary>Null where the atom is none of these.</summary>
    internal static HandedOn? Read(DatabaseModel model, SqlText atom, Relation table, RowOwner owner)
    {
        atom = atom.Bare();
        if (Forbidden.Any(atom.Has))
            return null;
        if (QueryOf(atom) is var (column, query))
        {
            return ReadQuery(model, query) is { } select && owner.JoinWith(select.Table) is [var join]
                && column == join.Own && Comparison.ColumnName(select.Selected, select.Alias) == join.Other
                    ? select.HandOn() : null;
        }

        // A call may be count(*), which returns a row whatever there is.
        return atom[0].Equals("EXISTS", StringComparison.OrdinalIgnoreCase)
            && ReadQuery(model, atom.Slice(1, atom.Count - 1)) is { Condition: { } condition } exists
            && exists.Selected.Calls().Count == 0 && owner.JoinWith(exists.Table) is { Count: > 0 } joins
            && joins.All(join => condition.Split("AND").Any(part => part.Split("=") is [var left, var right]
                && (Joins(exists, join, left, right) || Joins(exists, join, right, left))))
            ? exists.HandOn() : null;

        // One value of a query is one of its values.
        (string Column, SqlText Query)? QueryOf(SqlText atom) => atom.Split("IN") is [var side, var list] && KeyOf(side) is { } key ? (key, list)
            : atom.Split("=") is not [var left, var right] ? null
            : KeyOf(left) is { } one ? (one, right) : KeyOf(right) is { } other ? (other, left) : null;

        string? KeyOf(SqlText side) => Comparison.ColumnName(side.Bare(), table.PlainName) is { } name && owner.Columns.Contains(name) ? name : null;

        bool Joins(Select inner, (string Own, string Other) join, SqlText one, SqlText other) =>
            Qualified(one, inner.Alias) == join.Other && Qualified(other, table.PlainName) == join.Own;
    }

    /// <summary>Only with the name of the table or its alias in front: without it, the column may be the inner table's or the outer one's.</summary>
    private static string? Qualified(SqlText side, string name) => side.Bare() is { Count: 3 } bare ? Comparison.ColumnName(bare, name) : null;

    /// <summary>( SELECT m.tenant_id FROM public.members m WHERE .. )</summary>
    private static Select? ReadQuery(DatabaseModel model, SqlText query)
    {
        query = query.Bare();
        if (!query[0].Equals("SELECT", StringComparison.OrdinalIgnoreCase) || query.Split("FROM") is not [var head, var tail])
            return null;
        var owner = TableUse.OwnerAt(tail, 0);
        if (owner != 0)
            tail = tail.Slice(2, tail.Count - 2);
        var table = model.Catalog.Relations.Values.FirstOrDefault(relation => relation.Name == $"{tail[0]}.{tail[2]}");
        if (table is not { IsTable: true } || tail[1] != ".")
            return null;
        tail = tail.Slice(0, CanonicalQuery.EndOfCondition(tail));
        var isAliased = tail.Count > 3 && !tail[3].Equals("WHERE", StringComparison.OrdinalIgnoreCase);
        var where = isAliased ? 4 : 3;
        if (tail.Count > where && !tail[where].Equals("WHERE", StringComparison.OrdinalIgnoreCase))
            return null;
        var selected = head.Slice(1, head.Count - 1).Split("AS")[0].Bare();
        SqlText? condition = tail.Count > where ? tail.Slice(where + 1, tail.Count - where - 1).Bare() : null;
        return new(table, owner, Identifier.Unquote(isAliased ? tail[3] : tail[2]), selected, condition);
    }

    private sealed record Select(Relation Table, uint Owner, string Alias, SqlText Selected, SqlText? Condition)
    {
        public HandedOn HandOn() => new(Table, Owner, Alias, Condition?.Split("AND") ?? []);
    }
}
