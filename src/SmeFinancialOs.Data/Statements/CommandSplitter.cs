using Npgsql;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.Statements;

/// <summary>Commands that Dapper has filled in, as commands of one statement each.</summary>
internal static class CommandSplitter
{
    /// <summary>Refuses what must not be sent, and cuts a command of several statements into one for each.</summary>
    /// <param name="captured">The commands.</param>
    /// <param name="areOfRows">Whether each statement reads or writes rows, and does nothing else.</param>
    /// <exception cref="TransactionControlException">A statement begins or ends a transaction.</exception>
    /// <exception cref="ArgumentException">A text has no statement.</exception>
    public static IReadOnlyList<NpgsqlBatchCommand> Split(IReadOnlyList<NpgsqlBatchCommand> captured, out bool areOfRows)
    {
        areOfRows = true;
        List<NpgsqlBatchCommand>? split = null;
        for (var i = 0; i < captured.Count; i++)
        {
            // A list of parameter sets has one text for all.
            var isAsBefore = i > 0 && split is null && ReferenceEquals(captured[i].CommandText, captured[i - 1].CommandText);
            if (isAsBefore || IsOne(captured[i].CommandText, ref areOfRows))
            {
                split?.Add(captured[i]);
                continue;
            }

            split ??= [.. captured.Take(i)];
            AddEach(split, captured[i]);
        }

        return split ?? captured;
    }

    /// <summary>The same command for another batch: one that was sent before remembers it.</summary>
    public static NpgsqlBatchCommand Copy(NpgsqlBatchCommand command) => Copy(command, command.CommandText);

    private static NpgsqlBatchCommand Copy(NpgsqlBatchCommand command, string sql)
    {
        var copy = new NpgsqlBatchCommand(sql) { CommandType = command.CommandType };
        foreach (var parameter in command.Parameters)
            copy.Parameters.Add(((NpgsqlParameter)parameter).Clone());
        return copy;
    }

    private static bool IsOne(string sql, ref bool areOfRows)
    {
        var statements = 0;
        for (var position = 0; position < sql.Length;)
        {
            var statement = SqlStatement.Read(sql, position);
            position = statement.End + 1;
            if (statement.Kind == SqlStatementKind.TransactionControl)
                throw Refused(sql.AsSpan(statement.Start, statement.End - statement.Start));
            if (statement.Kind == SqlStatementKind.Empty)
                continue;
            areOfRows &= statement.Kind == SqlStatementKind.Rows;
            statements++;
        }

        return statements != 0 ? statements == 1 : throw new ArgumentException("The text has no statement, only blanks or comments.", nameof(sql));
    }

    private static void AddEach(List<NpgsqlBatchCommand> split, NpgsqlBatchCommand command)
    {
        var sql = command.CommandText;
        for (var position = 0; position < sql.Length;)
        {
            var statement = SqlStatement.Read(sql, position);
            if (statement.Kind != SqlStatementKind.Empty)
                split.Add(Copy(command, sql[position..statement.End]));
            position = statement.End + 1;
        }
    }

    /// <summary>Its first word alone: a value may stand behind it.</summary>
    private static TransactionControlException Refused(ReadOnlySpan<char> statement)
    {
        var lexer = new SqlLexer(statement);
        do
            lexer.Read();
        while (lexer.Token != SqlToken.Word);
        return new TransactionControlException(
            $"The text has the statement {lexer.Text.ToString().ToUpperInvariant()}, and nothing was sent. A session call commits by itself; "
            + "to run several calls in one transaction open a unit of work, end it with CommitAsync or dispose it, and use SAVEPOINT and ROLLBACK "
            + "TO inside of it.");
    }
}
