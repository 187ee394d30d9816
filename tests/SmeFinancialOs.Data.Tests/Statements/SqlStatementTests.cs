using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.Tests.Statements;

/// <summary>Where a statement ends, and what it may do: as PostgreSQL's lexer has it.</summary>
public sealed class SqlStatementTests
{
    [Theory]
    [InlineData("SELECT 1", "Rows")]
    [InlineData("  \t\r\n\f select 1", "Rows")]
    [InlineData("((SELECT 1) UNION (SELECT 2))", "Rows")]
    [InlineData("/* a /* nested */ comment */ -- and a line\nINSERT INTO t VALUES (1)", "Rows")]
    [InlineData("TABLE t", "Rows")]
    [InlineData("VALUES (1)", "Rows")]
    [InlineData("WITH a AS (SELECT 1) SELECT * FROM a", "Rows")]
    [InlineData("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "Rows")]
    [InlineData("COPY t TO STDOUT", "Copy")]
    [InlineData("BEGIN", "TransactionControl")]
    [InlineData("bEgIn ISOLATION LEVEL SERIALIZABLE", "TransactionControl")]
    [InlineData("START TRANSACTION", "TransactionControl")]
    [InlineData("COMMIT", "TransactionControl")]
    [InlineData("COMMIT AND CHAIN", "TransactionControl")]
    [InlineData("COMMIT PREPARED 'x'", "TransactionControl")]
    [InlineData("END", "TransactionControl")]
    [InlineData("ABORT", "TransactionControl")]
    [InlineData("ROLLBACK", "TransactionControl")]
    [InlineData("ROLLBACK WORK", "TransactionControl")]
    [InlineData("ROLLBACK AND CHAIN", "TransactionControl")]
    [InlineData("ROLLBACK PREPARED 'x'", "TransactionControl")]
    [InlineData("/**/--\nCOMMIT--", "TransactionControl")]
    [InlineData("COMMIT/**/", "TransactionControl")]
    [InlineData("PREPARE TRANSACTION 'x'", "TransactionControl")]
    [InlineData("PREPARE/*x*/TRANSACTION 'x'", "TransactionControl")]
    [InlineData("PREPARE x AS SELECT 1", "Other")]
    [InlineData("ROLLBACK TO s", "Other")]
    [InlineData("ROLLBACK WORK TO SAVEPOINT s", "Other")]
    [InlineData("ROLLBACK TRANSACTION /* back */ TO s", "Other")]
    [InlineData("SAVEPOINT s", "Other")]
    [InlineData("RELEASE s", "Other")]
    [InlineData("CALL p()", "Other")]
    [InlineData("DO $$ BEGIN COMMIT; END $$", "Other")]
    [InlineData("SET ROLE x", "Other")]
    [InlineData("EXECUTE x", "Other")]
    [InlineData("EXPLAIN ANALYZE SELECT 1", "Other")]
    [InlineData("SELECTED", "Other")]
    [InlineData("COMMIT_", "Other")]
    [InlineData("COMMIT\u00A0", "Other")]
    [InlineData("\"COMMIT\"", "Other")]
    [InlineData("'COMMIT'", "Other")]
    [InlineData("1", "Other")]
    [InlineData("", "Empty")]
    [InlineData(" -- COMMIT", "Empty")]
    [InlineData("/* COMMIT */", "Empty")]
    [InlineData("/* never closed; COMMIT", "Empty")]
    public void The_first_words_say_what_a_statement_may_do(string sql, string kind)
    {
        var statement = SqlStatement.Read(sql, 0);
        statement.Kind.ToString().Should().Be(kind);
        statement.End.Should().Be(sql.Length);
    }

    [Theory]
    [InlineData("SELECT 1; COMMIT", 2)]
    [InlineData("SELECT ';'; COMMIT", 2)]
    [InlineData("SELECT 'it''s; one'; COMMIT", 2)]
    [InlineData(@"SELECT '\'; COMMIT --'", 2)]
    [InlineData(@"SELECT E'\'; COMMIT --'", 1)]
    [InlineData(@"SELECT e'\\'; COMMIT --'", 2)]
    [InlineData(@"SELECT xE'\'; COMMIT --'", 2)]
    [InlineData("SELECT E'a'\n'\\'; COMMIT --'", 1)]
    [InlineData("SELECT E'a' -- goes on\n  '\\'; COMMIT --'", 1)]
    [InlineData("SELECT E'a' '\\'; COMMIT --'", 2)]
    [InlineData(@"SELECT U&'\'; COMMIT --'", 2)]
    [InlineData(@"SELECT B'1'; COMMIT", 2)]
    [InlineData("SELECT \"a;\"\"b\"; COMMIT", 2)]
    [InlineData("SELECT $$;$$; COMMIT", 2)]
    [InlineData("SELECT $a$ $$ ; $b$ ; $a$; COMMIT", 2)]
    [InlineData("SELECT $ä1$;$ä1$; COMMIT", 2)]
    [InlineData("SELECT a$$; COMMIT; SELECT $$", 3)]
    [InlineData("SELECT $1; COMMIT", 2)]
    [InlineData("SELECT $1$$;$$; COMMIT", 2)]
    [InlineData("SELECT 1 -- ; not this one\n; COMMIT", 2)]
    [InlineData("SELECT 1 -- ends with the line\r; COMMIT", 2)]
    [InlineData("SELECT 1 +-- a comment; all of it", 1)]
    [InlineData("SELECT /* /* ; */ ; */ 1; COMMIT", 2)]
    [InlineData("SELECT /*/ ; */ 1; COMMIT", 2)]
    [InlineData("SELECT 1;;; -- nothing\n; COMMIT;", 2)]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); COMMIT", 2)]
    [InlineData("CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; COMMIT", 2)]
    [InlineData("SELECT begin FROM atomic; COMMIT", 2)]
    [InlineData("SELECT ')' , ')'; COMMIT", 2)]
    [InlineData("SELECT 1); COMMIT", 2)]
    public void A_semicolon_ends_a_statement_where_it_does_for_PostgreSQL(string sql, int count)
    {
        var kinds = Kinds(sql);
        kinds.Should().HaveCount(count);
        kinds.Contains(SqlStatementKind.TransactionControl).Should().Be(count > 1);
    }

    [Fact]
    public void Text_that_is_cut_anywhere_is_read_to_its_end()
    {
        const string all = "/* a */ SELECT E'\\'' || $t$ ; $t$ || \"n\"\"m\" || U&'x'; -- c\nCREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END; "
            + "ROLLBACK WORK TO s";
        for (var end = 0; end <= all.Length; end++)
        {
            for (var start = 0; start <= end; start++)
                FluentActions.Invoking(() => Kinds(all[start..end])).Should().NotThrow();
        }
    }

    private static List<SqlStatementKind> Kinds(string sql)
    {
        var kinds = new List<SqlStatementKind>();
        for (var position = 0; position < sql.Length;)
        {
            var statement = SqlStatement.Read(sql, position);
            statement.End.Should().BeGreaterThanOrEqualTo(position);
            position = statement.End + 1;
            if (statement.Kind != SqlStatementKind.Empty)
                kinds.Add(statement.Kind);
        }

        return kinds;
    }
}
