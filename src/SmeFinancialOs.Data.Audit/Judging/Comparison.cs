using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// An atom that compares a column of the row with something that has no column of it: tenant_id = E, tenant_id IN (SELECT ..), tenant_id IS DISTINCT FROM E.
/// Cast: the type that the column is cast to, null for none.
/// </summary>
internal sealed record Comparison(string Column, string? Cast, string Operator, SqlText Other)
{
    internal const string In = "IN";
    internal const string Distinct = "IS DISTINCT FROM";

    /// <summary>A set of values rather than one.</summary>
    public bool IsList => Operator == In || Other[0].Equals("ANY", StringComparison.OrdinalIgnoreCase);

    public bool IsForAll => Other[0].Equals("ALL", StringComparison.OrdinalIgnoreCase);

    /// <summary>A query for the value or the values as text[]; null for ALL (..), which is not solved.</summary>
    public string? ValuesQuery =>
        Operator == In ? $"SELECT array_agg(v::text) FROM {Other.Text} AS q (v)"
        : IsList ? $"SELECT array_agg(v::text) FROM unnest({Other.Slice(1, Other.Count - 1).Text}) AS v"
        : IsForAll ? null : $"SELECT ARRAY[({Other.Text})::text]";

    internal static Comparison? Read(SqlText atom, string table, IReadOnlyCollection<string> columns)
    {
        if (Parts(atom.Bare()) is not var (left, symbol, right))
            return null;
        return Of(left, symbol, right, table, columns) ?? (symbol is "=" or "<>" or Distinct ? Of(right, symbol, left, table, columns) : null);
    }

    /// <summary>Whether the text names a column of the row, or the row itself. Says yes too often rather than too seldom.</summary>
    internal static bool NamesColumn(SqlText text, string table, IReadOnlyCollection<string> columns) => Enumerable.Range(0, text.Count).Any(i =>
        text[i][0] is not '\'' && text[i - 1] != "::" && text[i + 1] != "("
        && Identifier.Unquote(text[i]) is var name && (name == table || columns.Contains(name)));

    private static Comparison? Of(SqlText side, string symbol, SqlText other, string table, IReadOnlyCollection<string> columns)
    {
        var cast = side.Bare().Split("::");
        if (cast.Count > 2 || ColumnName(cast[0].Bare(), table) is not { } name || !columns.Contains(name) || NamesColumn(other, table, columns))
            return null;
        return new(name, cast.Count == 2 ? cast[1].Text : null, symbol, symbol == In || IsQuantified(other) ? other : other.Bare());
    }

    private static bool IsQuantified(SqlText other) =>
        other[0].Equals("ANY", StringComparison.OrdinalIgnoreCase) || other[0].Equals("ALL", StringComparison.OrdinalIgnoreCase);

    internal static string? ColumnName(SqlText side, string table) =>
        side.Count == 1 ? Identifier.Unquote(side[0])
        : side.Count == 3 && side[1] == "." && Identifier.Unquote(side[0]) == table ? Identifier.Unquote(side[2]) : null;

    private static (SqlText Left, string Symbol, SqlText Right)? Parts(SqlText atom)
    {
        if (atom.Split("IN") is [var column, var query] && query[0] == "(" && query[1].Equals("SELECT", StringComparison.OrdinalIgnoreCase))
            return (column, In, query);
        if (atom.Split("IS") is [var one, var rest] && rest[0].Equals("DISTINCT", StringComparison.OrdinalIgnoreCase))
            return (one, Distinct, rest.Slice(2, rest.Count - 2));
        foreach (var symbol in (ReadOnlySpan<string>)["=", "<>", ">=", "<=", ">", "<", "~~", "~~*", "~", "~*"])
        {
            if (atom.Split(symbol) is [var left, var right])
                return (left, symbol, right);
        }
        return null;
    }
}
