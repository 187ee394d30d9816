using SmeFinancialOs.Data.Audit.Linting;

namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>A semicolon ends a statement only where psql says so.</summary>
public sealed class SqlScriptTests
{
    [Theory]
    [InlineData("a; b ;; c", "a~b ~c")]
    [InlineData("-- a; b\na /* ; /* ; */ ; */ b; c", "a /* ; /* ; */ ; */ b~c")]
    [InlineData("a ';' || E'\\';' || \"x;\"\"\"; b 'it''s;'; c", "a ';' || E'\\';' || \"x;\"\"\"~b 'it''s;'~c")]
    [InlineData("a $$ ; $$; b $x$ ; $$ ; $x$; c$1$d; e", "a $$ ; $$~b $x$ ; $$ ; $x$~c$1$d~e")]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO ALSO (a; b); c", "CREATE RULE r AS ON INSERT TO t DO ALSO (a; b)~c")]
    [InlineData("CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2; END; c",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2; END~c")]
    [InlineData("BEGIN; a; END; b", "BEGIN~a~END~b")]
    [InlineData("\\set ON_ERROR_STOP on\na;\n\\echo done; really\nb", "a~b")]
    [InlineData("-- only a comment", "")]
    public void Statements_end_where_psql_ends_them(string text, string statements) =>
        SqlScript.Split(new("x.sql", text)).Select(statement => statement.Text).Should().Equal(statements.Split('~', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Body_of_a_function_is_one_statement()
    {
        const string function = "CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT 'it''s'; SELECT $$x$$; END";
        SqlScript.Split(new("x.sql", function + ";")).Should().ContainSingle().Which.InTransaction
            .Should().Be("DO $sme_lint$ BEGIN EXECUTE '" + function.Replace("'", "''", StringComparison.Ordinal) + "'; END $sme_lint$");
    }

    [Fact]
    public void Data_of_a_copy_are_no_statements()
    {
        var statements = SqlScript.Split(new("x.sql", "COPY t (a, b) FROM stdin;\n1\t;'\n2\t\\N\n\\.\nSELECT 1;"));
        statements.Select(statement => statement.CopyData).Should().Equal("1\t;'\n2\t\\N\n", null);
    }

    [Theory]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "CREATE UNIQUE INDEX              i ON t (a)")]
    [InlineData("create index concurrently if not exists concurrently on t (a)", "create index              if not exists concurrently on t (a)")]
    [InlineData("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "ALTER TABLE t DETACH PARTITION p             ")]
    [InlineData("SELECT 1 AS concurrently", "SELECT 1 AS concurrently")]
    public void Concurrent_index_is_created_inside_the_transaction(string sql, string expected) =>
        new SqlStatement(sql, 0, HasBody: false, null).InTransaction.Should().Be(expected);

    [Theory]
    [InlineData("BEGIN", true)]
    [InlineData("start transaction isolation level serializable", true)]
    [InlineData("COMMIT AND CHAIN", true)]
    [InlineData("END", true)]
    [InlineData("VACUUM ANALYZE t", true)]
    [InlineData("SAVEPOINT a", false)]
    [InlineData("COMMIT PREPARED 'x'", false)]
    [InlineData("ENDPOINT", false)]
    public void Transaction_control_of_a_migration_does_not_end_the_lints_transaction(string sql, bool leftOut) =>
        new SqlStatement(sql, 0, HasBody: false, null).IsLeftOut.Should().Be(leftOut);
}
