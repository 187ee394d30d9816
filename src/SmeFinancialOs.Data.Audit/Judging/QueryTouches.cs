using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What one query of a trigger function, without its sub-queries, does to tables of tenants.</summary>
internal sealed class QueryTouches(DatabaseModel model, Function function, Relation row)
{
    private static readonly string[] AfterWhere = ["RETURNING", "INTO", "FOR", "GROUP", "ORDER", "LIMIT", "HAVING", "OFFSET", "FETCH"];

    private static readonly string[] TwoInputs = ["WITH", "UNION", "INTERSECT", "EXCEPT", "JOIN", "CASE", "MERGE", "USING", "TABLE"];

    private static readonly string[] NotColumns =
        ["AND", "IS", "NOT", "NULL", "TRUE", "FALSE", "IN", "BETWEEN", "LIKE", "OLD", "NEW", "OR", "DISTINCT", "FROM"];

    private readonly ILookup<string, Relation> _byName = model.Catalog.Relations.Values.Where(relation => relation.Kind != 'S')
        .ToLookup(relation => relation.PlainName, StringComparer.OrdinalIgnoreCase);

    internal IEnumerable<TableTouch> In(SqlText query)
    {
        var named = Enumerable.Range(0, query.Count).Where(i => IsName(query, i)).SelectMany(i => _byName[Identifier.Unquote(query[i])])
            .Where(IsOfTenants).Distinct().ToList();
        if (named.Count == 0)
            yield break;
        var command = CommandOf(query);
        foreach (var table in named)
        {
            var (choice, reason) = named.Count > 1 ? (RowChoice.Unknown, "the query names several tables of tenants")
                : !table.IsTable ? (RowChoice.Unknown, "it is a view")
                : TwoInputs.FirstOrDefault(query.Has) is { } word ? (RowChoice.Unknown, $"the query has {word}")
                : command == 'i' ? OfInsert(query, table) : OfWhere(query, table, command);
            yield return new(function, table, command, choice, reason);
        }
    }

    private bool IsOfTenants(Relation relation) => relation.IsTable ? model.HasTenants(relation.Oid) || relation.Parents.Any(model.HasTenants)
        : relation.Kind == 'm' || model.ReadsTenants(relation.Oid);

    /// <summary>Not a call, not a field behind a dot unless the dot stands behind a schema, and not of a declaration (items%ROWTYPE, items.id%TYPE).</summary>
    private bool IsName(SqlText text, int i) => text[i][0] != '\'' && (text[i + 1] != "(" || IsTarget(text, i)) && text[i + 1] != "%"
        && !(text[i + 1] == "." && text[i + 3] == "%")
        && (text[i - 1] != "." || model.Catalog.Schemas.Any(schema => schema.Name == text[i - 2]));

    /// <summary>INSERT INTO items (org_id, id).</summary>
    private static bool IsTarget(SqlText text, int i) => text[text[i - 1] == "." ? i - 3 : i - 1].Equals("INTO", StringComparison.OrdinalIgnoreCase);

    private static char CommandOf(SqlText query) => query.Has("INSERT") ? 'i' : query.Has("DELETE") ? 'd' : query.Has("UPDATE") ? 'u' : 'r';

    /// <summary>The value at the place of the tenant column is the one of the trigger's row.</summary>
    private (RowChoice Choice, string Reason) OfInsert(SqlText query, Relation table)
    {
        var unknown = (RowChoice.Unknown, "the tenant of the new row is not the one of the trigger's row, or it is not seen");
        if (model.TenantColumnOf(table.Oid) is not { } tenant || query.Split("VALUES") is not [var target, var values] || values[0] != "(")
            return unknown;
        var columns = target[target.Count - 1] == ")" && Parenthesis(target) is var open ? Items(target.Slice(open, target.Count - open))
            : [.. model.Catalog.Columns[table.Oid].OrderBy(column => column.Number).Select(column => column.Sql)];
        var row = Items(values.Slice(0, values.Close(0) + 1));
        var place = columns.FindIndex(column => Identifier.Unquote(column) == tenant.Name);
        var rest = values.Slice(values.Close(0) + 1, values.Count - values.Close(0) - 1);
        if (place < 0 || place >= row.Count || !IsTenant(SqlText.Of(row[place])) || rest[0] == "," || rest.Has("WHERE"))
            return unknown;
        // A key without the tenant would find another tenant's row.
        return !rest.Has("UPDATE") || (rest[2] == "(" && Items(rest.Slice(2, rest.Close(2) - 1)).Exists(column => Identifier.Unquote(column) == tenant.Name))
            ? (RowChoice.Tenant, "") : (RowChoice.Unknown, $"ON CONFLICT does not name {tenant.Name}");
    }

    private static int Parenthesis(SqlText text) => Enumerable.Range(0, text.Count).First(i => text[i] == "(" && text.Close(i) == text.Count - 1);

    private static List<string> Items(SqlText list) => [.. list.Split(",").Select(item => item.Text)];

    private (RowChoice Choice, string Reason) OfWhere(SqlText query, Relation table, char command)
    {
        var unbound = (RowChoice.Any, "nothing in the query names the tenant");
        if (query.Split("WHERE") is not [var head, var where])
            return query.Has("WHERE") ? (RowChoice.Unknown, "its condition is not understood") : unbound;
        if (command != 'd' && head.Split("FROM") is [_, .., var from] && from.Has(","))
            return (RowChoice.Unknown, "the query reads several tables");
        if (command == 'u' && model.TenantColumnOf(table.Oid) is { } moved && Sets(head, moved.Name))
            return (RowChoice.Unknown, $"it sets {moved.Name}");
        var end = Enumerable.Range(0, where.Count).FirstOrDefault(i => AfterWhere.Contains(where[i], StringComparer.OrdinalIgnoreCase), where.Count);
        var condition = where.Slice(0, end);
        if (condition.Split("OR").Count == 1 && condition.Split("AND").Any(part => Ties(part, table)))
            return (RowChoice.Tenant, "");
        return IsPlain(condition, table) ? unbound : (RowChoice.Unknown, "its condition is not understood");
    }

    private static bool Sets(SqlText head, string column) => head.Split("SET").Skip(1).Any(part =>
        Enumerable.Range(0, part.Count).Any(i => Identifier.Unquote(part[i]) == column && (part[i + 1] is "=" or "," or ")") && part[i - 1] != "."));

    private bool Ties(SqlText part, Relation table) => part.Split("=") is [var left, var right] && (Ties(left, right, table) || Ties(right, left, table));

    private bool Ties(SqlText column, SqlText value, Relation table)
    {
        if (column.Bare() is not { Count: 1 or 3 } bare || (bare.Count == 3 && (bare[1] != "." || IsOfRow(bare))))
            return false;
        var name = Identifier.Unquote(bare[bare.Count - 1]);
        return (model.TenantColumnOf(table.Oid)?.Name == name && IsTenant(value)) || (FieldOf(value) is { } field && NamesOneRow(table, name, field));
    }

    private static bool IsOfRow(SqlText text) => text[0].ToUpperInvariant() is "OLD" or "NEW";

    private static string? FieldOf(SqlText value) => value.Split("::")[0].Bare() is { Count: 3 } field && field[1] == "." && IsOfRow(field)
        ? Identifier.Unquote(field[2]) : null;

    /// <summary>The tenant of the trigger's row, or the one in force.</summary>
    private bool IsTenant(SqlText value) => FieldOf(value) is { } field ? model.TenantColumnOf(row.Oid)?.Name == field
        : !value.Has("FROM") && value.Calls().Where(call => !call.Name.Equals("nullif", StringComparison.OrdinalIgnoreCase)).ToList() is [var call]
            && IsReader(call);

    private bool IsReader(SqlCall call) => (!model.IsSealed && call.Reads(model.Context.TenantSetting))
        || (call.Arguments.IsEmpty && ExpressionClosure.FunctionsOf(model, call).ToList() is { Count: > 0 } named
            && named.TrueForAll(model.Settings.ReadsTenant));

    /// <summary>A column that is unique on its own, and that the field refers to: the parent row, or the row itself.</summary>
    private bool NamesOneRow(Relation table, string column, string field)
    {
        var number = NumberOf(table, column);
        return model.Catalog.Indexes[table.Oid].Any(index => index is { Unique: true, Partial: false } && index.Columns is [var only] && only == number)
            && ((table.Oid == row.Oid && column == field) || model.Catalog.ForeignKeys[row.Oid].Any(key => key.Target == table.Oid
                && key.Columns.Zip(key.TargetColumns).Contains((NumberOf(row, field), number))));
    }

    private short NumberOf(Relation table, string name) => model.Catalog.Columns[table.Oid].FirstOrDefault(column => column.Name == name)?.Number ?? 0;

    /// <summary>Of other columns of the table, literals and fields of the trigger's row alone, none of which is the tenant's.</summary>
    private bool IsPlain(SqlText condition, Relation table)
    {
        var columns = model.Catalog.Columns[table.Oid].Select(column => column.Name).Where(name => name != model.TenantColumnOf(table.Oid)?.Name).ToHashSet();
        return condition.Calls().Count == 0 && Enumerable.Range(0, condition.Count).All(i =>
            !(char.IsLetter(condition[i][0]) || condition[i][0] is '"' or '_' or '$') || NotColumns.Contains(condition[i].ToUpperInvariant())
            || columns.Contains(Identifier.Unquote(condition[i]))
            || (condition[i - 1] == "." && condition[i - 2].ToUpperInvariant() is "OLD" or "NEW" && condition[i] != model.TenantColumnOf(row.Oid)?.Name)
            || (condition[i + 1] == "." && Identifier.Unquote(condition[i]) == table.PlainName));
    }
}
