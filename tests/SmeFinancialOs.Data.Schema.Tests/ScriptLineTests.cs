using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ScriptLineTests(ScriptLineTests.Database database) : IClassFixture<ScriptLineTests.Database>
{
    /// <summary>In each script the statement, or the place in it, that fails is on the line marked &lt;-.</summary>
    public static TheoryData<string> Scripts =>
    [
        "SELECT * FROM missing; -- <-",
        "SELECT 1;\nSELECT 2;\nSELECT * FROM missing; -- <-",
        "SELECT 1; SELECT * FROM missing; -- <-",
        "SELECT 1,\n       2\nFROM missing; -- <-\nSELECT 3;",
        "SELECT 1;\n\n-- a comment\n/* another;\n   one */\nSELECT 1/0 -- <-\n;",
        "SELECT 1;;\n;\nSELECT 1; SELECT 1;\nSELECT 1/0; -- <-",
        "DO $$ BEGIN PERFORM 1; PERFORM 2; END; $$;\nSELECT 1/0; -- <-",
        "DO $a$\nBEGIN\n  PERFORM $$;$$; PERFORM 'it''s;';\nEND;\n$a$;\nSELECT * FROM missing; -- <-",
        "-- it's a \"comment; with 'quotes\nSELECT 'a;b', E'it\\'s;', \"x;y\" FROM (SELECT 1 AS \"x;y\") s;\nSELECT * FROM missing; -- <-",
        "/* nested /* ; ' */ ; */ SELECT 1;\nSELECT 1/0; -- <-",
        "SELECT 1;\r\nDO $$\r\nBEGIN\r\n  NULL;\r\nEND $$;\r\nSELECT *\r\nFROM missing; -- <-\r\n",
        "SELECT 'é€😀😀😀';\nSELECT '😀😀😀😀😀😀',\n  missing; -- <-\n\n\n",
        "SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  RAISE EXCEPTION 'no'; -- <-\nEND $$;",
        "SELECT 1;\n-- first $$ a comment, it's one\nDO LANGUAGE plpgsql -- $x$\n$body$ DECLARE\n  x int;\nBEGIN\n  x := 1/0; -- <-\nEND $body$;",
        "DO 'BEGIN\n  PERFORM 1/0; -- <-\nEND';",
        "DO $$\nBEGIN\n  PERFORM * FROM missing; -- <-\nEND $$;",
        "DO $$\nBEGIN\n  EXECUTE 'DO $x$\n BEGIN\n\n\n  PERFORM 1/0; END $x$'; -- in the outer block the EXECUTE begins here\nEND $$;".Replace("EXECUTE '",
            "EXECUTE -- <-\n'", StringComparison.Ordinal),
        "DO $$\nBEGIN\n  IF true THEN\n  PERFORM 1 1; -- <-\n  END IF;\nEND $$;",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n\n\n  RETURN 1/0;\nEND $$;\nSELECT pg_temp.f(); -- <-",
        "SELECT 1;\nSELECT 2\nSELECT 3; -- <-",
        "CREATE TABLE a (id int);\nCREATE TABLE a (id int); -- <-",
        "SELECT 1;\nSELECT 1;\nSELECT 1;\nSELECT 1/0; -- <-\nSELECT 1;",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Line_is_that_of_the_file(string script)
    {
        var expected = 1 + script[..script.IndexOf("<-", StringComparison.Ordinal)].Count(c => c == '\n');
        var migrator = new SchemaMigrator(database.ConnectionString, null, TestScripts.Only([new SqlScript("test.sql", script)]));

        var failure = (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;

        failure.Line.Should().Be(expected, because: failure.InnerException!.ToString());
        failure.Message.Should().StartWith($"sql/test.sql line {expected}: ");
    }

    public sealed class Database : IAsyncLifetime
    {
        public string ConnectionString { get; private set; } = "";

        public async ValueTask InitializeAsync() => ConnectionString = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
