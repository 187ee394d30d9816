using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema.Audit;

// PostgreSQL's own text of an expression, in tokens: enough to see its shape, not to understand SQL.
internal sealed partial class SqlText
{
    private SqlText(IReadOnlyList<string> tokens) => Tokens = tokens;

    public IReadOnlyList<string> Tokens { get; }

    public static SqlText Of(string? text) => new([.. Token().Matches(text ?? "").Select(match => match.Value)]);

    public bool Has(string token) => Tokens.Contains(token, StringComparer.OrdinalIgnoreCase);

    // Without the parentheses around all of it.
    public SqlText Bare()
    {
        var tokens = Tokens;
        while (tokens.Count > 1 && tokens[0] == "(" && Close(tokens, 0) == tokens.Count - 1)
            tokens = [.. tokens.Skip(1).SkipLast(1)];
        return new(tokens);
    }

    // Split where the word stands outside all parentheses.
    public IReadOnlyList<SqlText> Split(string word)
    {
        var parts = new List<SqlText>();
        var part = new List<string>();
        var depth = 0;
        foreach (var token in Bare().Tokens)
        {
            depth += token switch { "(" or "[" => 1, ")" or "]" => -1, _ => 0 };
            if (depth == 0 && token.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                parts.Add(new([.. part]));
                part.Clear();
                continue;
            }
            part.Add(token);
        }
        parts.Add(new(part));
        return parts;
    }

    // The places where a function is called, and whether each stands within a sub-select.
    public IEnumerable<(int Index, bool Wrapped)> Calls(Func<string, bool> function)
    {
        var selects = new Stack<bool>();
        for (var i = 0; i < Tokens.Count; i++)
        {
            if (Tokens[i] == "(")
                selects.Push(i + 1 < Tokens.Count && Tokens[i + 1].Equals("SELECT", StringComparison.OrdinalIgnoreCase));
            else if (Tokens[i] == ")" && selects.Count > 0)
                selects.Pop();
            else if (i + 1 < Tokens.Count && Tokens[i + 1] == "(" && function(Tokens[i]))
                yield return (i, selects.Contains(true));
        }
    }

    // The index of the parenthesis that closes the one at the index.
    public static int Close(IReadOnlyList<string> tokens, int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            depth += tokens[i] switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 0)
                return i;
        }
        return tokens.Count;
    }

    [GeneratedRegex("""'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*|\d[\d.]*|::|[<>=!~*/+@#%^&|-]+|\S""")]
    private static partial Regex Token();
}
