using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// The statements of a body in PL/pgSQL, in lower case: queries, assignments, RETURN, PERFORM, RAISE, and IF and loops around them. Blocks within the block,
/// EXCEPTION, EXECUTE and cursors are not read.
/// </summary>
internal sealed class PlpgsqlReader
{
    private readonly SqlText _text;
    private readonly List<BodyStatement> _statements = [];

    /// <summary>Their types, as they are declared; '' where none is.</summary>
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal) { ["found"] = "boolean", ["sqlstate"] = "text", ["sqlerrm"] = "text" };

    private bool _isCertain = true;
    private int _at;

    private PlpgsqlReader(SqlText text) => _text = text;

    /// <exception cref="UnreadableQueryException">The body has a statement that is not read.</exception>
    internal static (IReadOnlyList<BodyStatement> Statements, IReadOnlyDictionary<string, string> Variables) Read(SqlText text)
    {
        var reader = new PlpgsqlReader(text);
        reader.ReadBlock();
        return (reader._statements, reader._variables);
    }

    private void ReadBlock()
    {
        if (_text[_at] == "declare")
        {
            for (_at++; _text[_at] != "begin"; _at++)
                ReadDeclaration();
        }
        if (_text[_at++] != "begin")
            throw Unreadable(_text[_at - 1]);
        while (!(_text[_at] == "end" && _text[_at + 1] is ";" or ""))
            ReadStatement();
    }

    private void ReadDeclaration()
    {
        var name = Identifier.Unquote(_text[_at]);
        var declaration = Take(";");
        if (declaration.IsEmpty || declaration.Has("cursor") || declaration.Has("alias"))
            throw Unreadable(declaration.Text);
        var first = declaration[1] == "constant" ? 2 : 1;
        var end = Enumerable.Range(first, declaration.Count - first).FirstOrDefault(i => declaration[i] is "default" or "=" or ":" or "not" or "collate",
            declaration.Count);
        _variables[name] = declaration.Slice(first, end - first).Text;
        for (; end < declaration.Count; end++)
        {
            if (Value(declaration, end) is not { } value)
                continue;
            Add(value, name);
            return;
        }
    }

    /// <summary>What stands behind := or = or DEFAULT, as a query; null where none of them stands at the index.</summary>
    private static SqlText? Value(SqlText text, int index) => text[index] == ":" && text[index + 1] == "="
        ? Expression(text.Slice(index + 1, text.Count - index - 1))
        : text[index] is "=" or "default" ? Expression(text.Slice(index, text.Count - index)) : null;

    private void ReadStatement()
    {
        var word = _text[_at];
        switch (word)
        {
            case "if" or "elsif" or "elseif" or "while":
                _at++;
                Add(Expression(Take(word == "while" ? "loop" : "then")));
                _isCertain = false;
                _at++;
                break;
            case "else" or "loop":
                _isCertain = false;
                _at++;
                break;
            case "end" when _text[_at + 1] is "if" or "loop":
                _at += 3;
                break;
            case "for":
                ReadLoop();
                break;
            case "null" or "exit" or "continue":
                _isCertain &= word == "null";
                Take(";");
                _at++;
                break;
            case "raise":
                Add(Expression(Take(";")));
                _isCertain = false;
                _at++;
                break;
            default:
                ReadSimple(word);
                _at++;
                break;
        }
    }

    private void ReadSimple(string word)
    {
        var text = Take(";");
        if (text.Has("execute") || text.IsEmpty)
            throw Unreadable(text.Text);
        if (word == "return")
        {
            var skipped = text[1] is "query" or "next" ? 2 : 1;
            if (text.Count > skipped)
                Add(text[1] == "query" ? text.Slice(2, text.Count - 2) : Expression(text.Slice(skipped - 1, text.Count - skipped + 1)));
            _isCertain &= skipped == 2;
        }
        else if (word == "perform")
        {
            Add(Expression(text));
            _isCertain &= text.Calls().Count == 0;
        }
        else if (word is "select" or "with" or "insert" or "update" or "delete")
            ReadInto(text);
        else if (word == "get" && text[1] == "diagnostics" && text[3] == "=" && !text.Has(","))
            Add(SqlText.Of("select null"), Identifier.Unquote(text[2]));
        else if (Value(text, text[1] == "." ? 3 : 1) is { } value)
            Add(value, Identifier.Unquote(text[0]));
        else
            throw Unreadable(word);
    }

    /// <summary>SELECT .. INTO a, b FROM ..: without INTO, and what it sets.</summary>
    private void ReadInto(SqlText text)
    {
        var depth = 0;
        for (var i = 1; i < text.Count; i++)
        {
            depth += text[i] switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth != 0 || text[i] != "into" || text[i - 1] == "insert")
                continue;
            var end = text[i + 1] == "strict" ? i + 2 : i + 1;
            _isCertain &= end == i + 1;
            var targets = new List<string> { Identifier.Unquote(text[end]) };
            for (end++; text[end] is "," or "."; end += 2)
            {
                if (text[end] == ",")
                    targets.Add(Identifier.Unquote(text[end + 1]));
            }
            Add(SqlText.Of($"{text.Slice(0, i).Text} {text.Slice(end, text.Count - end).Text}"), [.. targets]);
            return;
        }
        Add(text);
    }

    /// <summary>FOR name IN query LOOP, FOR name IN 1 .. n LOOP</summary>
    private void ReadLoop()
    {
        var name = Identifier.Unquote(_text[_at + 1]);
        if (_text[_at + 2] != "in")
            throw Unreadable("for");
        _at += 3;
        var query = Take("loop");
        if (query.Has("execute"))
            throw Unreadable("execute");
        _variables[name] = "";
        if (query.Bare()[0] is "select" or "with")
            Add(query, name);
        else if (query.Has("select"))
            throw Unreadable("for");
        else
            _statements.Add(new(SqlText.Of("select 1"), [name], _isCertain));
        _isCertain = false;
        _at++;
    }

    /// <summary>What follows a word, as a query.</summary>
    private static SqlText Expression(SqlText text) => SqlText.Of($"select {text.Slice(1, text.Count - 1).Text}");

    private void Add(SqlText text, params string[] targets) => _statements.Add(new(SqlText.Of(text.Text), targets, _isCertain));

    /// <summary>What stands before the word, outside of parentheses and CASE; the word comes next.</summary>
    private SqlText Take(string word)
    {
        var (start, depth) = (_at, 0);
        for (; _at < _text.Count; _at++)
        {
            if (depth == 0 && _text[_at] == word)
                return _text.Slice(start, _at - start);
            depth += _text[_at] switch { "(" or "[" or "case" => 1, ")" or "]" or "end" => -1, _ => 0 };
        }
        throw Unreadable(word);
    }

    private static UnreadableQueryException Unreadable(string part) => new($"its body is not understood at {part}");
}
