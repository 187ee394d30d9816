namespace SmeFinancialOs.Data.Sessions;

/// <summary>What a statement may do besides reading and writing rows, by its first words.</summary>
internal enum SqlStatementKind
{
    /// <summary>Blanks and comments.</summary>
    Empty,

    /// <summary>Reads or writes rows, and leaves transaction, session and prepared statements alone.</summary>
    Rows,

    /// <summary><c>COPY</c>.</summary>
    Copy,

    /// <summary>Begins, ends or prepares a transaction. A savepoint does not.</summary>
    TransactionControl,

    /// <summary>Everything else: <c>CALL</c>, <c>DO</c>, <c>SET</c>, <c>EXECUTE</c> and what is not known here.</summary>
    Other,
}

/// <summary>One statement of a text that may have several.</summary>
/// <param name="Start">Where its first token begins; its end where it has none.</param>
/// <param name="End">Its semicolon, or the end of the text.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="HasBody">Whether it is a function with a body in SQL (<c>BEGIN ATOMIC</c>), whose semicolons end nothing.</param>
/// <param name="Backslash">Where a backslash stands outside of strings and parentheses, which is psql's and not SQL; else -1.</param>
internal readonly record struct SqlStatement(int Start, int End, SqlStatementKind Kind, bool HasBody, int Backslash)
{
    private static readonly string[] Rows = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE"];
    private static readonly string[] Control = ["BEGIN", "START", "COMMIT", "END", "ABORT"];

    /// <summary>The statement that begins at a position, where psql would end it.</summary>
    public static SqlStatement Read(ReadOnlySpan<char> sql, int position)
    {
        var lexer = new SqlLexer(sql, position);
        var kind = SqlStatementKind.Empty;
        var (start, words, parentheses, body, backslash) = (-1, 0, 0, 0, -1);
        var (creates, definesRoutine, hasBody) = (false, false, false);
        while (lexer.Read())
        {
            if (lexer.Symbol == ';' && parentheses == 0 && body == 0)
                return new(start < 0 ? lexer.Start : start, lexer.Start, kind, hasBody, backslash);
            if (start < 0)
                start = lexer.Start;
            if (kind == SqlStatementKind.Empty && lexer.Symbol != '(')
                kind = KindOf(lexer);
            switch (lexer.Symbol)
            {
                case '(':
                    parentheses++;
                    break;
                case ')' when parentheses > 0:
                    parentheses--;
                    break;
                case '\\' when parentheses == 0 && backslash < 0:
                    backslash = lexer.Start;
                    break;
            }

            if (lexer.Token != SqlToken.Word)
                continue;
            creates |= ++words == 1 && lexer.Is("CREATE");
            definesRoutine |= creates && words <= 4 && (lexer.Is("FUNCTION") || lexer.Is("PROCEDURE"));
            if (definesRoutine)
                body = DepthAfter(lexer, body);
            hasBody |= body > 0;
        }

        return new(start < 0 ? sql.Length : start, sql.Length, kind, hasBody, backslash);
    }

    private static int DepthAfter(SqlLexer word, int depth) =>
        word.Is("BEGIN") || (depth > 0 && word.Is("CASE")) ? depth + 1
        : depth > 0 && word.Is("END") ? depth - 1
        : depth;

    /// <param name="lexer">On the first token that is no parenthesis. A copy: it may read on.</param>
    private static SqlStatementKind KindOf(SqlLexer lexer)
    {
        if (lexer.Token != SqlToken.Word)
            return SqlStatementKind.Other;
        if (IsOneOf(lexer, Rows))
            return SqlStatementKind.Rows;
        if (IsOneOf(lexer, Control))
            return SqlStatementKind.TransactionControl;
        if (lexer.Is("COPY"))
            return SqlStatementKind.Copy;
        if (lexer.Is("PREPARE"))
            return lexer.Read() && lexer.Is("TRANSACTION") ? SqlStatementKind.TransactionControl : SqlStatementKind.Other;
        if (!lexer.Is("ROLLBACK"))
            return SqlStatementKind.Other;
        // ROLLBACK [WORK | TRANSACTION] TO a savepoint leaves the transaction open.
        var goesOn = lexer.Read();
        if (goesOn && (lexer.Is("WORK") || lexer.Is("TRANSACTION")))
            goesOn = lexer.Read();
        return goesOn && lexer.Is("TO") ? SqlStatementKind.Other : SqlStatementKind.TransactionControl;
    }

    private static bool IsOneOf(SqlLexer lexer, string[] words)
    {
        foreach (var word in words)
        {
            if (lexer.Is(word))
                return true;
        }

        return false;
    }
}
