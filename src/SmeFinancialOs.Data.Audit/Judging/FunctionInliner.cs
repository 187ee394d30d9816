using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// Puts the query of an SQL function that reads tables in the place of a call, so that it is evaluated and proved like any other expression. obstacles: why
/// that cannot be done, by function.
/// </summary>
internal sealed class FunctionInliner(DatabaseModel model, Relation table, Dictionary<uint, string> obstacles, Dictionary<string, bool> readers)
{
    /// <summary>What is no name of a column: constants, the sub-select around a function, types of two words.</summary>
    private static readonly string[] Words = ["NULL", "TRUE", "FALSE", "SELECT", "AS", "VARYING", "PRECISION", "WITH", "WITHOUT", "TIME", "ZONE"];

    private readonly HashSet<(uint Table, uint Owner)> _reads = [];
    private readonly List<Function> _inlined = [];
    private readonly HashSet<string> _columns = [.. model.Catalog.Columns[table.Oid].Select(column => column.Name)];

    /// <summary>The tables, and the owner of the SECURITY DEFINER function that reads each; 0 for none.</summary>
    public IReadOnlySet<(uint Table, uint Owner)> Reads => _reads;

    /// <summary>Those that whoever asks must be allowed to call.</summary>
    public IReadOnlyList<Function> Inlined => _inlined;

    /// <summary>The expression as it was, where some call cannot be replaced.</summary>
    public string? Inline(string? expression) => expression is null ? null : Expand(expression, 0, []) ?? expression;

    /// <summary>owner: with whose rights the calls are made; 0 for those of whoever asks.</summary>
    private string? Expand(string expression, uint owner, IReadOnlyList<Function> path)
    {
        const int most = 20;
        for (var i = 0; i < most; i++)
        {
            var text = i == 0 ? model.Parsed(expression) : SqlText.Of(expression);
            // The last one is in no other's arguments, or is the innermost.
            if (text.Calls().Where(ReadsTables).Select(call => (SqlCall?)call).LastOrDefault() is not { } call)
                return expression;
            if (Replace(text, call, owner, path) is not { } replaced)
                return null;
            expression = replaced;
        }
        return null;
    }

    /// <summary>readers: what is known of other calls.</summary>
    private bool ReadsTables(SqlCall call)
    {
        if (!call.Qualified || !ExpressionClosure.FunctionsOf(model, call).Any())
            return false; // my_tenants(my_tenants) behind FROM is a name with its columns
        var text = call.Whole.Text;
        return readers.TryGetValue(text, out var known) ? known : readers[text] = new ExpressionClosure(model, [text]).BodyReads is not null;
    }

    private string? Replace(SqlText text, SqlCall call, uint owner, IReadOnlyList<Function> path)
    {
        var arguments = call.Arguments.IsEmpty ? [] : call.Arguments.Split(",");
        var functions = ExpressionClosure.FunctionsOf(model, call).ToList();
        if (functions.Find(form => form.ParameterTypes is null) is { } unfit)
            return Refuse(unfit, path, FunctionForm.Obstacle(model, unfit, SqlText.Of(""), 0)!);
        if (functions.FindAll(form => form.ParameterTypes!.Count == arguments.Count) is not [var function])
            return Refuse(functions[0], path, $"{call.Name} has several forms, or is called with defaults");
        if (path.Contains(function) || path.Count > 4)
            return Refuse(function, path, $"{function.Signature} calls itself");
        if (function.IsStrict && !arguments.All(IsNeverNull))
            return Refuse(function, path, $"{function.Signature} is STRICT");
        var reader = function.Definer ? function.Owner : owner;
        var written = arguments.Select((argument, i) => Write(argument, function.ParameterTypes![i], path.Count == 0)).ToList();
        var query = FunctionQuery.Read(model, function, reader, written);
        if (query.Obstacle is { } obstacle)
            return Refuse(function, path, obstacle);
        if (written.Exists(argument => !IsTied(SqlText.Of(argument), query)))
            return Refuse(function, path, $"the arguments of {function.Signature} may mean a column of the tables that it reads");
        if (Expand(query.Sql, reader, [.. path, function]) is not { } body)
            return null;
        _reads.UnionWith(query.Tables.Select(read => (read.Oid, reader)));
        if (owner == 0)
            _inlined.Add(function);
        return Place(text, call, function, SqlText.Of(body)) ?? Refuse(function, path, $"it is not understood how {function.Signature} is called");
    }

    private string? Refuse(Function function, IEnumerable<Function> path, string obstacle)
    {
        foreach (var each in path.Append(function))
            obstacles.TryAdd(each.Oid, obstacle);
        return null;
    }

    private bool IsNeverNull(SqlText argument) => Comparison.ColumnName(argument.Bare(), table.PlainName) is { } name
        && model.Catalog.Columns[table.Oid].Any(column => column.Name == name && column.NotNull);

    /// <summary>With the name of the table before each column, and the type of the parameter where it may be another one.</summary>
    private string Write(SqlText argument, string type, bool isOfPolicy)
    {
        argument = argument.Bare();
        var columns = Enumerable.Range(0, argument.Count).Where(i => isOfPolicy && IsName(argument, i) && argument[i - 1] is not ("." or "::")
            && argument[i + 1] is not ("." or "(") && _columns.Contains(Identifier.Unquote(argument[i])));
        var part = SqlText.Of(argument.Text);
        var sql = part.With(columns.Select(i => (part.Slice(i, 1), $"{Identifier.Quote(table.PlainName)}.{argument[i]}")));
        var isOfType = isOfPolicy && Comparison.ColumnName(argument, table.PlainName) is { } name
            && model.Catalog.Columns[table.Oid].Any(column => column.Name == name && column.Type == type);
        return isOfType ? sql : $"({sql})::{type}";
    }

    /// <summary>Whether each name in it says whose it is, and none is a table of the query.</summary>
    private static bool IsTied(SqlText argument, FunctionQuery query) => !query.Tables.Any() || Enumerable.Range(0, argument.Count).All(i =>
        !IsName(argument, i) || argument[i - 1] is "." or "::" || argument[i - 1].Equals("AS", StringComparison.OrdinalIgnoreCase) || argument[i + 1] == "("
        || (argument[i + 1] == "." ? !query.Aliases.Contains(Identifier.Unquote(argument[i])) : Words.Contains(argument[i].ToUpperInvariant())));

    private static bool IsName(SqlText text, int index) => char.IsLetter(text[index][0]) || text[index][0] is '_' or '"';

    /// <summary>In the place of the call, or of all of ( SELECT f() AS f) and ( SELECT f.f FROM f() f(f)).</summary>
    private static string? Place(SqlText text, SqlCall call, Function function, SqlText body)
    {
        var first = call.Qualified ? call.Index - 2 : call.Index;
        var last = text.Close(call.Index + 1);
        var value = CanonicalQuery.HasFrom(body) ? body.Text : body.Slice(1, body.Count - 1).Text;
        if (text[first - 1].Equals("SELECT", StringComparison.OrdinalIgnoreCase) && text[first - 2] == "("
            && (text[last + 1] == ")" || (text[last + 1].Equals("AS", StringComparison.OrdinalIgnoreCase) && text[last + 3] == ")"))
            && (function.ReturnsSet || text[first - 3].ToUpperInvariant() is not ("EXISTS" or "IN" or "ARRAY" or "ANY" or "ALL")))
        {
            return With(first - 1, text[last + 1] == ")" ? last : last + 2, function.ReturnsSet ? body.Text : Single(function, body, value));
        }

        if (text[first - 1].Equals("FROM", StringComparison.OrdinalIgnoreCase) && text[first - 5].Equals("SELECT", StringComparison.OrdinalIgnoreCase)
            && text[first - 6] == "(" && text[last + 1] == text[first - 4] && text[last + 2] == "(" && text[last + 3] == text[first - 2]
            && text[last + 4] == ")" && text[last + 5] == ")" && function.ReturnsSet)
        {
            return With(first - 5, last + 4, body.Text);
        }
        // ANY ((SELECT ..)) would ask the query rather than the array.
        var type = text[first - 1] == "(" && text[first - 2].ToUpperInvariant() is "ANY" or "ALL" ? $"::{function.Returns}" : "";
        return function.ReturnsSet ? null : With(first, last, Single(function, body, value) is { } single ? $"({single}){type}" : null);

        string? With(int from, int to, string? sql) => sql is null ? null : text.With([(text.Slice(from, to - from + 1), sql)]);
    }

    /// <summary>The first row of a query, or the value of an expression.</summary>
    private static string? Single(Function function, SqlText body, string value)
    {
        if (!CanonicalQuery.HasFrom(body))
            return function.Returns == "boolean" ? value : $"({value})::{function.Returns}";
        var end = body.Text;
        return !body.Has("limit") ? $"{end} LIMIT 1" : body[body.Count - 2] == "limit" && body[body.Count - 1] == "1" ? end : null;
    }
}
