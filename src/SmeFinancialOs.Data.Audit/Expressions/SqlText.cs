using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Expressions;

/// <summary>
/// PostgreSQL's own text of an expression, in tokens: enough to see its shape, not to understand SQL. A part knows where it stands in the whole.
/// </summary>
internal sealed partial class SqlText
{
    /// <summary>What may stand before a parenthesis and is no function of anybody's.</summary>
    private static readonly HashSet<string> Syntax = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "FROM", "WHERE", "IN", "ANY", "ALL", "AND", "OR", "NOT", "EXISTS", "CASE", "WHEN", "THEN", "ELSE", "ON", "AS", "VALUES", "ROW", "ARRAY",
            "NULLIF", "COALESCE", "IS",
        "DISTINCT", "USING", "UNION", "JOIN",
    };

    private readonly string _source;
    private readonly Token[] _tokens;
    private readonly int _first;
    private readonly int _count;

    /// <summary>Thousands of policies share a text: what was asked of it once is kept.</summary>
    private readonly Dictionary<string, IReadOnlyList<SqlText>> _splits = [];
    private IReadOnlyList<SqlCall>? _calls;
    private SqlText? _bare;

    private SqlText(string source, Token[] tokens, int first, int count)
    {
        _source = source;
        _tokens = tokens;
        _first = first;
        _count = count;
    }

    public bool IsEmpty => _count == 0;

    public int Count => _count;

    public int Start => _tokens[_first].Start;

    public int End => _tokens[_first + _count - 1].End;

    public string Text => IsEmpty ? "" : _source[Start..End];

    public string this[int index] => (uint)index < (uint)_count ? _tokens[_first + index].Text : "";

    private IEnumerable<string> Words => _tokens.Skip(_first).Take(_count).Select(token => token.Text);

    public static SqlText Of(string? text)
    {
        Token[] tokens = [.. Pattern().Matches(text ?? "").Select(match => new Token(match.Value, match.Index))];
        return new(text ?? "", tokens, 0, tokens.Length);
    }

    public bool Has(string token) => Words.Contains(token, StringComparer.OrdinalIgnoreCase);

    public bool Is(string token) => _count == 1 && this[0].Equals(token, StringComparison.OrdinalIgnoreCase);

    public SqlText Slice(int index, int count) => new(_source, _tokens, _first + index, count);

    /// <summary>Without the parentheses around all of it.</summary>
    public SqlText Bare() => _bare ??= _count > 2 && this[0] == "(" && Close(0) == _count - 1 ? Slice(1, _count - 2).Bare() : this;

    /// <summary>Split where the word stands outside all parentheses, brackets and CASE .. END.</summary>
    public IReadOnlyList<SqlText> Split(string word)
    {
        if (_splits.TryGetValue(word, out var known))
            return known;
        var bare = Bare();
        var parts = new List<SqlText>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < bare._count; i++)
        {
            depth += Nesting(bare[i]);
            if (depth == 0 && bare[i].Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                parts.Add(bare.Slice(start, i - start));
                start = i + 1;
            }
        }
        parts.Add(bare.Slice(start, bare._count - start));
        return _splits[word] = parts;
    }

    /// <summary>The calls of functions of any schema.</summary>
    public IReadOnlyList<SqlCall> Calls() => _calls ??= [.. FindCalls()];

    /// <summary>The index of the parenthesis that closes the one at the index.</summary>
    public int Close(int open)
    {
        var depth = 0;
        for (var i = open; i < _count; i++)
        {
            depth += this[i] switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 0)
                return i;
        }
        return _count - 1;
    }

    /// <summary>The whole text with some parts of it written anew. The parts must not overlap.</summary>
    public string With(IEnumerable<(SqlText Part, string Sql)> changes)
    {
        var text = _source;
        foreach (var (part, sql) in changes.OrderByDescending(change => change.Part.Start))
            text = string.Concat(text.AsSpan(0, part.Start), sql, text.AsSpan(part.End));
        return text;
    }

    private static int Nesting(string token) => token switch
    {
        "(" or "[" => 1,
        ")" or "]" => -1,
        _ when token.Equals("CASE", StringComparison.OrdinalIgnoreCase) => 1,
        _ when token.Equals("END", StringComparison.OrdinalIgnoreCase) => -1,
        _ => 0,
    };

    private IEnumerable<SqlCall> FindCalls()
    {
        var selects = new Stack<bool>();
        for (var i = 0; i < _count; i++)
        {
            if (this[i] == "(")
                selects.Push(this[i + 1].Equals("SELECT", StringComparison.OrdinalIgnoreCase));
            else if (this[i] == ")" && selects.Count > 0)
                selects.Pop();
            else if (this[i + 1] == "(" && (char.IsLetter(this[i][0]) || this[i][0] is '_' or '"') && !Syntax.Contains(this[i]))
                yield return new(this, i, i > 0 && this[i - 1] == ".", selects.Contains(true));
        }
    }

    [GeneratedRegex("""'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*|\d[\d.]*|::|[<>=!~*/+@#%^&|-]+|\S""")]
    private static partial Regex Pattern();

    private readonly record struct Token(string Text, int Start)
    {
        public int End => Start + Text.Length;
    }
}
