using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Sessions;
using ReadStatement = SmeFinancialOs.Data.Sessions.SqlStatement;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Cuts a file into statements where psql would: not at a semicolon within quotes, parentheses, comments or the body of an SQL function.
/// <see href="https://github.com/postgres/postgres/blob/REL_18_STABLE/src/fe_utils/psqlscan.l"/>
/// </summary>
internal sealed partial class SqlScript
{
    private readonly string _text;
    private int _at;

    private SqlScript(Migration migration) => _text = migration.Text;

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
        if (!FindStart(out var command))
            return command;
        var statement = ReadStatement.Read(_text, _at);
        if (statement.Backslash >= 0)
        {
            _at = statement.Backslash;
            Skip(RestOfLine());
            return NotUnderstood(statement.Backslash, "a psql command within a statement is not understood; end the statement with a semicolon.");
        }

        var isEnded = statement.End < _text.Length;
        var text = isEnded ? _text[_at..statement.End] : _text[_at..].TrimEnd();
        _at = Math.Min(statement.End + 1, _text.Length);
        return new(text, statement.Start, statement.HasBody, isEnded && CopyFromStdin().IsMatch(text) ? TakeCopyData() : null);
    }

    private static SqlStatement NotUnderstood(int offset, string fault) => new("", offset, HasBody: false, CopyData: null) { Fault = fault };

    /// <summary>Past white space, comments, empty statements and the psql commands that matter only to psql. False at the end, and after another one.</summary>
    private bool FindStart(out SqlStatement? notUnderstood)
    {
        notUnderstood = null;
        var lexer = new SqlLexer(_text, _at);
        while (lexer.Read())
        {
            if (lexer.Symbol == ';')
                continue;
            _at = lexer.Start;
            if (lexer.Symbol != '\\')
                return true;
            var command = Skip(RestOfLine())!;
            if (!HarmlessCommand().IsMatch(command))
            {
                notUnderstood = NotUnderstood(lexer.Start, $"the psql command {command.Split(' ')[0].Trim()} is not understood; the lint runs plain SQL.");
                return false;
            }

            lexer = new SqlLexer(_text, _at);
        }
        return false;
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

    [GeneratedRegex(@"\G[^\n]*")]
    private static partial Regex RestOfLine();

    [GeneratedRegex(@"^\\(echo|qecho|warn|set|unset|pset|timing|encoding|restrict|unrestrict|x|t|a|q)\b")]
    private static partial Regex HarmlessCommand();

    [GeneratedRegex(@"^COPY\b[\s\S]*\bFROM\s+STDIN\b", RegexOptions.IgnoreCase)]
    private static partial Regex CopyFromStdin();

    [GeneratedRegex(@"^\\\.\r?(?:\n|\z)", RegexOptions.Multiline)]
    private static partial Regex EndOfData();
}
