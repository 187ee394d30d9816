using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// The statements of a function, written so that they mean the same outside of it: values or <see cref="ColumnResolver.Unknown"/> in the place of
/// parameters and variables, and functions with their schemas. A variable that is set once, to what reads no table, is what it is set to.
/// </summary>
internal sealed class FunctionBody
{
    private readonly DatabaseModel _model;
    private readonly Function _function;
    private readonly IReadOnlyList<BodyStatement> _statements;
    private readonly IReadOnlyDictionary<string, string> _variables = new Dictionary<string, string>();
    private readonly HashSet<string> _columns;

    /// <exception cref="UnreadableQueryException">The body has a form that is not read.</exception>
    internal FunctionBody(DatabaseModel model, Function function)
    {
        (_model, _function) = (model, function);
        if (function.Language is not ("sql" or "plpgsql"))
            throw new UnreadableQueryException($"it is written in {function.Language}");
        if (function.Settings.Any(setting => !setting.StartsWith("search_path=", StringComparison.Ordinal)))
            throw new UnreadableQueryException("it sets other settings while it runs");
        if (SqlBody.WithoutComments(function.Body) is not { } body)
            throw new UnreadableQueryException("its body has strings that are not understood (E'..' or $$..$$)");
        var text = FunctionForm.Lower(SqlText.Of(body));
        if (function.Language == "sql")
            _statements = [.. FunctionForm.StatementsOf(text).Select(statement => new BodyStatement(statement, [], true))];
        else
            (_statements, _variables) = PlpgsqlReader.Read(text);
        _columns = [.. model.Catalog.Relations.Values.Where(relation => text.Has(relation.PlainName) || text.Has(Identifier.Quote(relation.PlainName)))
            .SelectMany(relation => model.Catalog.Columns[relation.Oid]).Select(column => column.Name)];
    }

    /// <summary>arguments: the SQL of each parameter. IsCertain: all is executed whenever the function is called.</summary>
    public (QueryReader Query, bool IsCertain) Read(IReadOnlyList<string> arguments)
    {
        var reader = new QueryReader(_model, Resolve);
        var values = _function.Parameters.Concat(_variables.Keys).Where(name => name.Length > 0).Distinct()
            .ToDictionary(name => name, _ => ColumnResolver.Unknown);
        foreach (var (name, argument) in _function.Inputs.Zip(arguments).Where(pair => pair.First.Name.Length > 0 && SetCount(pair.First.Name) == 0)
            .Select(pair => (pair.First.Name, pair.Second)))
        {
            values[name] = argument;
        }
        foreach (var statement in _statements)
        {
            var text = SqlText.Of(Write(statement.Text, arguments, values));
            reader.ReadStatement(text, statement.Targets.Count == 0);
            if (statement is { IsCertain: true, Targets: [var target] } && SetCount(target) == 1 && _variables.GetValueOrDefault(target) is { Length: > 0 } type
                && text[0] == "select" && TableReferences.FirstIn(text) is null && !text.Has(ColumnResolver.Unknown))
            {
                values[target] = $"({text.Slice(1, text.Count - 1).Text})::{type}";
            }
        }
        return (reader, _statements.All(statement => statement.IsCertain));
    }

    private int SetCount(string variable) => _statements.Count(statement => statement.Targets.Contains(variable));

    private string Write(SqlText text, IReadOnlyList<string> arguments, Dictionary<string, string> values)
    {
        var changes = new List<(SqlText, string)>();
        for (var i = 0; i < text.Count; i++)
        {
            var name = Identifier.Unquote(text[i]);
            if (text[i] == "$" && int.TryParse(text[i + 1], out var number))
                changes.Add((text.Slice(i, 2), arguments.ElementAtOrDefault(number - 1) ?? ColumnResolver.Unknown));
            else if (text[i][0] == '\'' || text[i - 1] is "." or "::" or "as")
                continue;
            else if (text[i + 1] == "(")
            {
                if (_model.FunctionsNamed(name).ToList() is { Count: > 0 } called && !_function.StandardBody)
                    changes.Add((text.Slice(i, 1), Qualify(text[i], called)));
            }
            else if (text[i + 1] == "." && name == _function.Name && values.TryGetValue(Identifier.Unquote(text[i + 2]), out var parameter))
                changes.Add((text.Slice(i, 3), parameter));
            else if (text[i + 1] == "." && values.ContainsKey(name))
                changes.Add((text.Slice(i, 3), ColumnResolver.Unknown));
            else if (text[i + 1] != "." && !_columns.Contains(name) && values.TryGetValue(name, out var value))
                changes.Add((text.Slice(i, 1), value));
        }
        return text.With(changes);
    }

    private string Qualify(string name, List<Function> called) => called is [{ IsNamedLikeSystem: false } one] && _function.PinsSearchPath
        && _function.SearchPath!.Any(schema => one.SqlName == $"{Identifier.Quote(schema)}.{Identifier.Quote(one.Name)}")
            ? one.SqlName : throw new UnreadableQueryException($"it calls {name} without a schema");

    private Relation Resolve(string? schema, string name)
    {
        if (schema is null && !_function.PinsSearchPath)
            throw new UnreadableQueryException($"the search path or a temporary table of whoever calls it decides what {name} is");
        foreach (var candidate in schema is not null ? [schema] : _function.SearchPath!.SkipLast(1))
        {
            if (candidate is not ("pg_catalog" or "extensions") && _model.Catalog.Schemas.All(known => known.Name != Identifier.Quote(candidate)))
                throw new UnreadableQueryException($"it reads {candidate}.{name}, and that schema is not looked at");
            var full = $"{Identifier.Quote(candidate)}.{Identifier.Quote(name)}";
            if (_model.Catalog.Relations.Values.FirstOrDefault(relation => relation.Name == full) is { Temporary: false } found)
                return found;
        }
        throw new UnreadableQueryException($"it reads {name}, which is no table of the schemas that are looked at");
    }
}
