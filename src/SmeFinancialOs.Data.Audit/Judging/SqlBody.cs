using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The body of a function without its comments: an apostrophe in a comment would begin a string that hides what follows.</summary>
internal static partial class SqlBody
{
    /// <summary>Null where the body has what SqlText does not tell apart: a string with a backslash escape, or a dollar-quoted string.</summary>
    internal static string? WithoutComments(string body)
    {
        var understood = true;
        var text = Lexemes().Replace(body, match =>
        {
            if (match.Value.StartsWith("--", StringComparison.Ordinal) || match.Value.StartsWith("/*", StringComparison.Ordinal))
                return " ";
            understood &= match.Value[0] != '$' && (match.Value[0] is '\'' or '"' || !match.Value.Contains('\\', StringComparison.Ordinal));
            return match.Value;
        });
        return understood ? text : null;
    }

    /// <summary>https://www.postgresql.org/docs/current/sql-syntax-lexical.html; comments nest.</summary>
    [GeneratedRegex("""
        (?<![\p{L}\p{N}_$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\p{L}\p{N}_$])\$(?<tag>[\p{L}_]*)\$[\s\S]*?\$\k<tag>\$
        |--[^\n]*|/\*(?>[^*/]+|\*(?!/)|/(?!\*)|(?<open>/\*)|(?<-open>\*/))*(?(open)(?!))\*/
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Lexemes();
}
