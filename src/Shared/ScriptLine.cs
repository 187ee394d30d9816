using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>The line of a script at which one of its statements failed. The server only sees the statement and counts from its beginning.</summary>
internal static partial class ScriptLine
{
    internal static int Find(string script, IEnumerable<string> statements, int index, PostgresException? error)
    {
        // DbUp hands out the statements as they stand in the script, in order, without the white space and semicolons between them.
        var offset = 0;
        var statement = "";
        foreach (var next in statements.Take(index + 1))
        {
            offset = script.IndexOf(next, offset + statement.Length, StringComparison.Ordinal);
            statement = next;
        }

        return 1 + script.AsSpan(0, offset + OffsetInStatement(statement, error)).Count('\n');
    }

    /// <summary>Where in a statement it failed, in UTF-16 units.</summary>
    internal static int OffsetInStatement(string statement, PostgresException? error)
    {
        if (error?.Position > 0)
            return OffsetOfCharacter(statement, error.Position);

        // Without comments in front: the statement begins where its first word stands.
        var start = LeadingComments().Match(statement).Length;

        // A failure inside a DO block is told by the line of its body; the outermost frame of the stack is the last one.
        var block = BlockLine().Matches(error?.Where ?? "").LastOrDefault();
        var body = BodyOfBlock().Match(statement, start);
        if (block is null || !body.Success)
            return start;
        var offset = body.Index + body.Length;
        for (var line = int.Parse(block.Groups["line"].Value, CultureInfo.InvariantCulture); line > 1; line--)
            offset = statement.IndexOf('\n', offset) + 1;
        return offset;
    }

    /// <summary>The server counts characters from 1, .NET counts UTF-16 units.</summary>
    private static int OffsetOfCharacter(string statement, int position)
    {
        var offset = 0;
        foreach (var rune in statement.EnumerateRunes())
        {
            if (--position == 0)
                break;
            offset += rune.Utf16SequenceLength;
        }

        return offset;
    }

    [GeneratedRegex(@"\A(?:\s+|--[^\n]*|/\*[\s\S]*?\*/)*")]
    private static partial Regex LeadingComments();

    [GeneratedRegex(@"^PL/pgSQL function inline_code_block line (?<line>\d+)", RegexOptions.Multiline)]
    private static partial Regex BlockLine();

    [GeneratedRegex(@"\G\s*DO\b(?:--[^\n]*|/\*[\s\S]*?\*/|[^$'-]|-(?!-))*(?:\$\w*\$|')", RegexOptions.IgnoreCase)]
    private static partial Regex BodyOfBlock();
}
