using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>Which use of a table a column belongs to, through sub-selects and CTEs whose columns are columns of their tables.</summary>
internal sealed class ColumnResolver(DatabaseModel model)
{
    /// <summary>Stands for a value that is not known, such as a variable or a parameter.</summary>
    internal const string Unknown = "\"any value\"";

    /// <summary>Null for what is no column of a table, and where it is not clear of which.</summary>
    public (FromItem Use, string Column)? Resolve(SqlText side, Select select)
    {
        side = side.Bare();
        var (item, column) = side.Count switch
        {
            1 when IsName(side, 0) => (Find(Identifier.Unquote(side[0]), select) is [var only] ? only : null, Identifier.Unquote(side[0])),
            3 when side[1] == "." => (Named(Identifier.Unquote(side[0]), select), Identifier.Unquote(side[2])),
            _ => (null, ""),
        };
        return item is null ? null : Below(item, column);
    }

    /// <summary>
    /// The condition with the table's own name before each of its columns. Null where it names anything else that is read, or a value that is not known.
    /// </summary>
    public string? Write(Condition condition, FromItem use) => condition.ReadsTables ? null : Write(condition.Text, condition.Select, use);

    public string? Write(SqlText expression, Select select, FromItem use)
    {
        var text = SqlText.Of(expression.Text);
        var changes = new List<(SqlText, string)>();
        for (var i = 0; i < text.Count; i++)
        {
            if (text[i] == Unknown || text[i] == "*")
                return null;
            if (!IsName(text, i) || text[i - 1] is "." or "::" || text[i + 1] == "(" || text[i - 1].Equals("AS", StringComparison.OrdinalIgnoreCase))
                continue;
            var name = Identifier.Unquote(text[i]);
            if (text[i + 1] == ".")
            {
                if (text[i + 3] == "(" || (Named(name, select) is null && name != use.Table!.PlainName))
                    continue; // the schema of a function, or the alias of one in a sub-select
                if (Named(name, select) is not { } item)
                    return null;
                if (Below(item, Identifier.Unquote(text[i + 2])) is not { } found || found.Use != use)
                    return null;
                changes.Add((text.Slice(i, 3), Sql(found)));
            }
            else if (Find(name, select) is { Count: > 0 } items)
            {
                if (items is not [var only] || Below(only, name) is not { } found || found.Use != use)
                    return null;
                changes.Add((text.Slice(i, 1), Sql(found)));
            }
            else if (Named(name, select) is not null)
            {
                return null; // a whole row
            }
        }
        return text.With(changes);
    }

    /// <summary>The uses whose columns a condition names. Null where it reads more than these, or that is not clear.</summary>
    public HashSet<FromItem>? UsesIn(Condition condition)
    {
        var (text, uses) = (condition.Text, new HashSet<FromItem>());
        for (var i = 0; i < text.Count && !condition.ReadsTables; i++)
        {
            if (text[i] == Unknown || text[i] == "*")
                return null;
            if (!IsName(text, i) || text[i - 1] is "." or "::" || text[i + 1] == "(")
                continue;
            var isQualified = text[i + 1] == ".";
            var name = Identifier.Unquote(text[i]);
            if (Named(name, condition.Select) is null && (isQualified || Find(name, condition.Select).Count == 0))
                continue;
            if (Resolve(text.Slice(i, isQualified ? 3 : 1), condition.Select) is not { } found)
                return null;
            uses.Add(found.Use);
        }
        return condition.ReadsTables ? null : uses;
    }

    /// <summary>Whether the text names a column of the use. Says yes too often rather than too seldom.</summary>
    public static bool Mentions(SqlText text, string column) =>
        Enumerable.Range(0, text.Count).Any(i => text[i] == "*" || (text[i][0] != '\'' && Identifier.Unquote(text[i]) == column));

    /// <summary>Whether the item has a column of the name.</summary>
    internal static bool Has(DatabaseModel model, FromItem item, string column) => item.Table is { } table
        ? model.Catalog.Columns[table.Oid].Any(known => known.Name == column)
        : item.Branches.Any(branch => Outputs(branch).Any(output => output.Name == column || output.Name == "*"));

    /// <summary>A name is looked up in the SELECT itself, then in those around it.</summary>
    private List<FromItem> Find(string column, Select? select)
    {
        for (; select is not null; select = select.Outer)
        {
            var items = select.Items.FindAll(item => Has(model, item, column));
            if (items.Count > 0)
                return items;
        }
        return [];
    }

    private static FromItem? Named(string name, Select? select)
    {
        for (; select is not null; select = select.Outer)
        {
            if (select.Items.Find(item => item.Name == name) is { } item)
                return item;
        }
        return null;
    }

    private (FromItem Use, string Column)? Below(FromItem item, string column)
    {
        if (item.IsRenamed)
            return null;
        if (item.Table is { } table)
            return Has(model, item, column) ? (item, column) : null;
        return item.Branches is [var only] && Outputs(only).Where(output => output.Name == column).ToList() is [var one] ? Resolve(one.Value, only) : null;
    }

    private static IEnumerable<(string Name, SqlText Value)> Outputs(Select select) => select.List.Split(",").Where(item => item.Count > 0).Select(item =>
        item.Split("AS") is [var value, var label] ? (Identifier.Unquote(label[0]), value) : (Identifier.Unquote(item[item.Count - 1]), item));

    private static string Sql((FromItem Use, string Column) found) =>
        $"{Identifier.Quote(found.Use.Table!.PlainName)}.{Identifier.Quote(found.Column)}";

    private static bool IsName(SqlText text, int index) => char.IsLetter(text[index].FirstOrDefault()) || text[index].FirstOrDefault() is '_' or '"';
}
