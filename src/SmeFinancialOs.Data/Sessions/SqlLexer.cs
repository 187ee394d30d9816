namespace SmeFinancialOs.Data.Sessions;

/// <summary>What a token of SQL is, as far as the end of a statement and its first words need it.</summary>
internal enum SqlToken
{
    /// <summary>A key word or a name without quotes.</summary>
    Word,

    /// <summary>A string, a quoted name or a dollar-quoted body, with its quotes.</summary>
    Quoted,

    /// <summary>One character of anything else: an operator, a digit, a parenthesis, a semicolon.</summary>
    Symbol,
}

/// <summary>
/// Cuts SQL into tokens where PostgreSQL's lexer does, with <c>standard_conforming_strings</c> on, and passes over blanks and comments. A quote or comment that
/// is never closed reaches to the end of the text.
/// </summary>
/// <seealso href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">Lexical structure</seealso>
internal ref struct SqlLexer(ReadOnlySpan<char> sql, int position = 0)
{
    private readonly ReadOnlySpan<char> _sql = sql;

    /// <summary>Where the next token is looked for.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Where the current token begins.</summary>
    public int Start { get; private set; }

    public SqlToken Token { get; private set; }

    public readonly ReadOnlySpan<char> Text => _sql[Start..Position];

    /// <summary>The character of a <see cref="SqlToken.Symbol"/>; NUL for other tokens.</summary>
    public readonly char Symbol => Token == SqlToken.Symbol ? _sql[Start] : '\0';

    /// <summary>Whether the current token is a word, in any case.</summary>
    public readonly bool Is(string word) => Token == SqlToken.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <returns>False at the end of the text.</returns>
    public bool Read()
    {
        SkipBlanksAndComments();
        Start = Position;
        if (Position >= _sql.Length)
            return false;
        var first = _sql[Position++];
        (Token, Position) = first switch
        {
            '\'' or '"' => (SqlToken.Quoted, AfterQuote(Position, first, hasEscapes: false)),
            '$' when EndOfTag(Start) is var tag and > 0 => (SqlToken.Quoted, AfterDollarQuote(tag)),
            _ when IsNameStart(first) => ReadWord(),
            _ => (SqlToken.Symbol, Position),
        };
        return true;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    private static bool IsNewLine(char c) => c is '\n' or '\r';

    /// <summary>Every character outside of ASCII can be part of a name.</summary>
    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || c == '$';

    private (SqlToken Token, int End) ReadWord()
    {
        var end = Position;
        while (end < _sql.Length && IsNamePart(_sql[end]))
            end++;
        // E'..', with escapes. The other prefixes (B, X, N, U&) leave the string as it is, so they may count as words.
        return end == Start + 1 && _sql[Start] is 'e' or 'E' && end < _sql.Length && _sql[end] == '\''
            ? (SqlToken.Quoted, AfterQuote(end + 1, '\'', hasEscapes: true))
            : (SqlToken.Word, end);
    }

    private readonly int AfterQuote(int position, char quote, bool hasEscapes)
    {
        while (position < _sql.Length)
        {
            var c = _sql[position++];
            if (hasEscapes && c == '\\')
                position++;
            else if (c == quote && position < _sql.Length && _sql[position] == quote)
                position++;
            else if (c == quote && !(hasEscapes && StartsContinuation(ref position)))
                return position;
        }

        return _sql.Length;
    }

    /// <summary>A string goes on, with its escapes, behind blanks and comments that have a line break among them.</summary>
    private readonly bool StartsContinuation(ref int position)
    {
        var next = position;
        var hasNewLine = false;
        while (next < _sql.Length)
        {
            if (IsBlank(_sql[next]))
                hasNewLine |= IsNewLine(_sql[next++]);
            else if (_sql[next..].StartsWith("--"))
                next = EndOfLine(next);
            else
                break;
        }

        if (!hasNewLine || next >= _sql.Length || _sql[next] != '\'')
            return false;
        position = next + 1;
        return true;
    }

    /// <returns>The end of <c>$tag$</c>, or -1 where no tag begins at the position.</returns>
    private readonly int EndOfTag(int position)
    {
        var end = position + 1;
        if (end < _sql.Length && IsNameStart(_sql[end]))
        {
            while (end < _sql.Length && IsNamePart(_sql[end]) && _sql[end] != '$')
                end++;
        }

        return end < _sql.Length && _sql[end] == '$' ? end + 1 : -1;
    }

    private readonly int AfterDollarQuote(int endOfTag)
    {
        var tag = _sql[Start..endOfTag];
        var close = _sql[endOfTag..].IndexOf(tag);
        return close < 0 ? _sql.Length : endOfTag + close + tag.Length;
    }

    private void SkipBlanksAndComments()
    {
        while (Position < _sql.Length)
        {
            if (IsBlank(_sql[Position]))
                Position++;
            else if (_sql[Position..].StartsWith("--"))
                Position = EndOfLine(Position);
            else if (_sql[Position..].StartsWith("/*"))
                Position = AfterComment(Position);
            else
                return;
        }
    }

    private readonly int EndOfLine(int position)
    {
        while (position < _sql.Length && !IsNewLine(_sql[position]))
            position++;
        return position;
    }

    /// <summary>Comments nest.</summary>
    private readonly int AfterComment(int position)
    {
        var depth = 0;
        while (position < _sql.Length)
        {
            if (_sql[position..].StartsWith("/*"))
                (depth, position) = (depth + 1, position + 2);
            else if (!_sql[position..].StartsWith("*/"))
                position++;
            else if ((position += 2) > 0 && --depth == 0)
                return position;
        }

        return _sql.Length;
    }
}
