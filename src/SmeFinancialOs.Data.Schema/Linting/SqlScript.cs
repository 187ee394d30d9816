using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema.Linting;

// Cuts a file into statements where psql would: not at a semicolon within quotes, parentheses, comments or the body of an SQL function.
// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/fe_utils/psqlscan.l
internal sealed partial class SqlScript
{
    private readonly Migration _migration;
    private readonly string _text;
    private int _at;

    private SqlScript(Migration migration)
    {
        _migration = migration;
        _text = migration.Text;
    }

    internal static IReadOnlyList<SqlStatement> Split(Migration migration)
    {
        var script = new SqlScript(migration);
        var statements = new List<SqlStatement>();
        while (script.Next() is { } statement)
            statements.Add(statement);
        return statements;
    }

    internal static int LineOf(string text, int offset) => 1 + text.AsSpan(0, Math.Min(offset, text.Length)).Count('\n');

    private SqlStatement? Next()
    {
        if (!FindStart())
            return null;
        var start = _at;
        var parentheses = 0;
        var body = 0;
        var hasBody = false;
        var words = new List<string>(4);
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == ';' && parentheses == 0 && body == 0)
            {
                var text = _text[start.._at++];
                return new(text, start, hasBody, CopyFromStdin().IsMatch(text) ? TakeCopyData() : null);
            }
            if (c == '\\' && parentheses == 0)
                throw MigrationLintException.At(_migration.Path, LineOf(_text, _at), "a psql command within a statement is not understood; end the statement with a semicolon.");
            parentheses += c switch { '(' => 1, ')' when parentheses > 0 => -1, _ => 0 };
            if (Skip(Word()) is { } word)
                hasBody |= (body = DepthAfter(word, words, body)) > 0;
            else if (Skip(Opaque()) is null)
                _at++;
        }
        return _text[start..].TrimEnd() is { Length: > 0 } rest ? new(rest, start, hasBody, null) : null;
    }

    // Past white space, comments, empty statements and the psql commands that matter only to psql.
    private bool FindStart()
    {
        while (_at < _text.Length)
        {
            if (Skip(Gap()) is not null)
                continue;
            if (_text[_at] != '\\')
                return true;
            var line = _at;
            var command = Skip(RestOfLine())!;
            if (!HarmlessCommand().IsMatch(command))
                throw MigrationLintException.At(_migration.Path, LineOf(_text, line), $"the psql command {command.Split(' ')[0].Trim()} is not understood; the lint runs plain SQL.");
        }
        return false;
    }

    // CREATE FUNCTION .. BEGIN ATOMIC ..; END: its semicolons end no statement.
    private static int DepthAfter(string word, List<string> words, int depth)
    {
        word = word.ToUpperInvariant();
        if (words.Count < 4)
            words.Add(word);
        if (words[0] != "CREATE" || !words.Exists(w => w is "FUNCTION" or "PROCEDURE"))
            return depth;
        return word switch
        {
            "BEGIN" => depth + 1,
            "CASE" when depth > 0 => depth + 1,
            "END" when depth > 0 => depth - 1,
            _ => depth,
        };
    }

    private string TakeCopyData()
    {
        Skip(RestOfLine());
        _at = Math.Min(_at + 1, _text.Length);
        var start = _at;
        var end = EndOfData().Match(_text, _at);
        _at = end.Success ? end.Index + end.Length : _text.Length;
        return _text[start..(end.Success ? end.Index : _at)];
    }

    private string? Skip(Regex token)
    {
        var match = token.Match(_text, _at);
        if (!match.Success || match.Length == 0)
            return null;
        _at += match.Length;
        return match.Value;
    }

    [GeneratedRegex(@"\G(?:[\s;]+|--[^\n]*|/\*(?>[^/*]|/(?!\*)|\*(?!/)|(?<open>/\*)|(?<-open>\*/))*(?(open)(?!))\*/)")]
    private static partial Regex Gap();

    // Comments, strings (with backslashes after E), quoted names, dollar quotes
    [GeneratedRegex(@"\G(?:--[^\n]*|/\*(?>[^/*]|/(?!\*)|\*(?!/)|(?<open>/\*)|(?<-open>\*/))*(?(open)(?!))\*/|'(?:[^']|'')*'|""(?:[^""]|"""")*""|(?<tag>\$(?:[\p{L}_][\w]*)?\$)[\s\S]*?\k<tag>)")]
    private static partial Regex Opaque();

    // An E in front belongs to its string; a $ within a name begins no quote.
    [GeneratedRegex(@"\G(?:[eE]'(?:[^'\\]|''|\\[\s\S])*'|[\p{L}_][\w$]*)")]
    private static partial Regex Word();

    [GeneratedRegex(@"\G[^\n]*")]
    private static partial Regex RestOfLine();

    [GeneratedRegex(@"^\\(echo|qecho|warn|set|unset|pset|timing|encoding|restrict|unrestrict|x|t|a|q)\b")]
    private static partial Regex HarmlessCommand();

    [GeneratedRegex(@"^COPY\b[\s\S]*\bFROM\s+STDIN\b", RegexOptions.IgnoreCase)]
    private static partial Regex CopyFromStdin();

    [GeneratedRegex(@"^\\\.\r?(?:\n|\z)", RegexOptions.Multiline)]
    private static partial Regex EndOfData();
}
