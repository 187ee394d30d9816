using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// The body of an SQL function that is one plain SELECT, written so that it means the same outside of the function: arguments instead of parameters, tables
/// and functions with their schemas, columns with their tables.
/// </summary>
internal sealed class FunctionQuery
{
    /// <summary>Types of PostgreSQL, whatever the search path is.</summary>
    private static readonly HashSet<string> SystemTypes =
    [
        "text", "character", "varchar", "uuid", "bigint", "int8", "integer", "int", "int4", "smallint", "int2", "numeric", "json", "jsonb", "boolean", "bool",
        "date", "timestamp", "timestamptz", "interval", "double", "real", "float8", "name", "inet",
    ];

    private readonly DatabaseModel _model;
    private readonly Function _function;
    private readonly SqlText _text;
    private readonly uint _owner;
    private readonly List<(int Index, int Count, string Sql)> _changes = [];
    private readonly List<(Relation Table, string Alias, int From, int To)> _tables = [];

    private FunctionQuery(DatabaseModel model, Function function, SqlText text, uint owner) =>
        (_model, _function, _text, _owner) = (model, function, text, owner);

    /// <summary>Why it cannot be done; null when it can.</summary>
    public string? Obstacle { get; private set; }

    public string Sql { get; private set; } = "";

    public IReadOnlyList<Relation> Tables => [.. _tables.Select(use => use.Table)];

    /// <summary>How the query calls its tables.</summary>
    public IEnumerable<string> Aliases => _tables.Select(use => use.Alias);

    /// <param name="model">Where the function is.</param>
    /// <param name="function">Whose body is read.</param>
    /// <param name="owner">With whose rights it reads; 0 for those of the caller.</param>
    /// <param name="arguments">The SQL of each.</param>
    internal static FunctionQuery Read(DatabaseModel model, Function function, uint owner, IReadOnlyList<string> arguments)
    {
        var query = new FunctionQuery(model, function, FunctionForm.SelectOf(function), owner);
        query.Obstacle = FunctionForm.Obstacle(model, function, query._text, owner);
        if (query.Obstacle is null)
            query.Rewrite(arguments);
        return query;
    }

    private void Rewrite(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < _text.Count && Obstacle is null; i++)
        {
            if ((_text[i] == "from" && _text[i - 1] != "distinct") || _text[i] == "join")
                AddTable(i + 1);
        }
        if (Obstacle is null && _function.Parameters.Any(name => _tables.Exists(use => use.Alias == name)))
            Obstacle = $"{_function.Signature} has a parameter and a table of one name";
        for (var i = 0; i < _text.Count && Obstacle is null; i++)
            RewriteToken(i, arguments);
        if (Obstacle is not null)
            return;
        var sql = _text.With(_changes.Select(change => (_text.Slice(change.Index, change.Count), change.Sql)));
        if (CanonicalQuery.Of(Returned(SqlText.Of(sql))) is { } canonical)
            Sql = canonical;
        else
            Obstacle = $"{_function.Signature} is not understood";
    }

    /// <summary>Of the type that the function returns, and without DISTINCT, which changes nothing for whoever asks whether a value is among them.</summary>
    private SqlText Returned(SqlText query)
    {
        if (!CanonicalQuery.HasFrom(query))
            return query;
        var head = query.Split("from")[0];
        var list = head[1] == "distinct" && head[2] != "on" ? head.Slice(2, head.Count - 2) : head.Slice(1, head.Count - 1);
        var item = list.Split("as")[0];
        var isOfType = _tables.Exists(use => item.Count == 3 && Comparison.ColumnName(item, use.Alias) is { } name
            && _model.Catalog.Columns[use.Table.Oid].Any(column => column.Name == name && column.Type == _function.Returns));
        return SqlText.Of(query.With([(head.Slice(1, head.Count - 1), isOfType ? item.Text : $"({item.Text})::{_function.Returns}")]));
    }

    /// <summary>FROM schema.name AS alias</summary>
    private void AddTable(int at)
    {
        var isQualified = _text[at + 1] == ".";
        var count = isQualified ? 3 : 1;
        if (Resolve(at, isQualified) is not { IsTable: true, Temporary: false } table)
        {
            var name = _text.Slice(at, Math.Min(count, _text.Count - at)).Text;
            Obstacle ??= $"{_function.Signature} reads {name}, which is no table of the schemas that are looked at";
            return;
        }

        var next = at + count;
        var alias = table.PlainName;
        if (_text[next] == "as")
            next++;
        if (!IsAfterTable(_text[next]))
            alias = Identifier.Unquote(_text[next++]);
        var (from, to) = GroupAround(at);
        if (!IsAfterTable(_text[next]) || HasComma(at, to))
            Obstacle = $"{_function.Signature} is more than one plain SELECT";
        _tables.Add((table, alias, from, to));
        _changes.Add((at, next - at, $"{TableUse.Write(table, _owner)} {Identifier.Quote(alias)}"));
    }

    private static bool IsAfterTable(string token) => token
        is "" or ")" or "where" or "join" or "left" or "right" or "full" or "inner" or "cross" or "on" or "order" or "limit" or "offset" or "for";

    private Relation? Resolve(int at, bool isQualified)
    {
        if (isQualified)
            return Find(Identifier.Unquote(_text[at]), _text[at + 2]);
        if (_function.PinsSearchPath)
            return _function.SearchPath!.SkipLast(1).Select(schema => Find(schema, _text[at])).FirstOrDefault(found => found is not null);
        if (_text[at].Length > 0 && _text[at][0] is '"' or '_' || char.IsLetter(_text[at].FirstOrDefault()))
        {
            Obstacle = $"{_function.Signature} names {_text[at]} without a schema, and has no search_path of its own with pg_temp last: "
                + "the search path or a temporary table of whoever calls it decides what it reads";
        }
        return null;

        Relation? Find(string schema, string name)
        {
            if (_model.Catalog.Schemas.All(known => known.Name != Identifier.Quote(schema)) && schema is not ("pg_catalog" or "extensions"))
                Obstacle ??= $"{_function.Signature} looks for tables in the schema {schema}, which is not looked at";
            var full = $"{Identifier.Quote(schema)}.{Identifier.Quote(Identifier.Unquote(name))}";
            return _model.Catalog.Relations.Values.FirstOrDefault(relation => relation.Name == full);
        }
    }

    /// <summary>The parentheses around a token.</summary>
    private (int From, int To) GroupAround(int index)
    {
        var depth = 0;
        for (var i = index; i >= 0; i--)
        {
            depth += _text[i] switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 1)
                return (i, _text.Close(i));
        }
        return (-1, _text.Count);
    }

    /// <summary>Between a table and the end of FROM.</summary>
    private bool HasComma(int from, int to)
    {
        for (var (i, depth) = (from, 0); i < to && !(depth == 0 && _text[i] is "where" or "order" or "limit" or "offset"); i++)
        {
            depth += _text[i] switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 0 && _text[i] == ",")
                return true;
        }
        return false;
    }

    private void RewriteToken(int i, IReadOnlyList<string> arguments)
    {
        var token = _text[i];
        if (token[0] is '\'' || _changes.Exists(change => change.Index <= i && i < change.Index + change.Count))
            return;
        if (token == "$" && int.TryParse(_text[i + 1], out var number))
            Replace(i, 2, arguments.ElementAtOrDefault(number - 1));
        else if (Identifier.Unquote(token) == _function.Name && _text[i + 1] == "." && _text[i - 1] != "." && Parameter(_text[i + 2]) is { } qualified)
            Replace(i, 3, arguments[qualified]);
        else if (_text[i - 1] == "::" && !_function.StandardBody && _text[i + 1] != "." && !SystemTypes.Contains(token))
            Obstacle = $"{_function.Signature} names the type {token} without a schema";
        else if (_text[i + 1] == "(" && _text[i - 1] != "." && !_function.StandardBody
            && _model.FunctionsNamed(Identifier.Unquote(token)).ToList() is { Count: > 0 } called)
        {
            Qualify(i, called);
        }
        else if (_text[i - 1] is not ("." or "::" or "as") && _text[i + 1] is not ("." or "("))
            RewriteName(i, Identifier.Unquote(token), arguments);
    }

    /// <summary>A name is the column of a table that is read there, where it has one; else the parameter.</summary>
    private void RewriteName(int i, string name, IReadOnlyList<string> arguments)
    {
        var inScope = _tables.FindAll(use => use.From < i && i < use.To);
        if (inScope.Find(use => _model.Catalog.Columns[use.Table.Oid].Any(column => column.Name == name)) is { Alias: not null } use)
        {
            if (inScope.Count == 1)
                Replace(i, 1, $"{Identifier.Quote(use.Alias)}.{_text[i]}");
        }
        else if (Parameter(_text[i]) is { } index)
        {
            Replace(i, 1, arguments[index]);
        }
    }

    private void Qualify(int i, List<Function> called)
    {
        if (called is [{ IsNamedLikeSystem: false } one] && _function.PinsSearchPath
            && _function.SearchPath!.Any(schema => one.SqlName == $"{Identifier.Quote(schema)}.{Identifier.Quote(one.Name)}"))
        {
            Replace(i, 1, one.SqlName);
        }
        else
        {
            Obstacle = $"{_function.Signature} calls {_text[i]} without a schema";
        }
    }

    private int? Parameter(string token) => _function.Parameters.ToList().IndexOf(Identifier.Unquote(token)) is >= 0 and var index ? index : null;

    private void Replace(int index, int count, string? sql)
    {
        if (sql is null)
            Obstacle = $"{_function.Signature} is not understood";
        else
            _changes.Add((index, count, sql));
    }
}
