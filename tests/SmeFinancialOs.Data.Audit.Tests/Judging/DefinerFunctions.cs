namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>SECURITY DEFINER functions of a superuser that the app may call.</summary>
internal static class DefinerFunctions
{
    private const string Pinned = "SECURITY DEFINER SET search_path = $schema, pg_temp AS $f$";

    internal static IReadOnlyList<LabelledObject> All { get; } =
    [
        new("a function that counts all rows", PolicyVerdict.Hole, Sql("bigint", "SELECT count(*) FROM items WHERE tenant_id = 2002"), "SELECT f()"),
        new("a function that reads behind a comma", PolicyVerdict.Hole,
            Sql("bigint", "SELECT count(*) FROM codes c, items i WHERE i.tenant_id = 2002"), "SELECT f()"),
        new("a function that reads by another function", PolicyVerdict.Hole, Sql("bigint", "SELECT count(*) FROM items WHERE tenant_id = 2002", "g")
            .Replace("SECURITY DEFINER ", "", StringComparison.Ordinal) + Sql("bigint", "SELECT $schema.g()"), "SELECT f()"),
        new("a function that reads by a view", PolicyVerdict.Hole,
            "CREATE VIEW v AS SELECT * FROM items;" + Sql("bigint", "SELECT count(*) FROM v WHERE tenant_id = 2002"), "SELECT f()"),
        new("a function that reads the children", PolicyVerdict.Hole, Sql("bigint", "SELECT count(*) FROM lines WHERE item_id = 2"), "SELECT f()"),
        new("a function with TABLE", PolicyVerdict.Hole, Sql("bigint", "SELECT count(*) FROM (TABLE items) x WHERE tenant_id = 2002"), "SELECT f()"),
        new("a function that builds SQL", PolicyVerdict.Hole, Block("EXECUTE 'SELECT count(*) FROM items WHERE tenant_id = 2002' INTO n;"), "SELECT f()"),
        new("a function that reads by XML", PolicyVerdict.Hole, Sql("bigint",
            "SELECT length(query_to_xml('SELECT 1 FROM $schema.items WHERE tenant_id = 2002', true, true, '')::text)::bigint"), "SELECT f() / 50"),
        new("a function that reads by a function of an extension", PolicyVerdict.Hole, "CREATE EXTENSION tablefunc SCHEMA $schema;" + Sql("bigint",
            "SELECT count(*) FROM $schema.crosstab('SELECT note, 1, note FROM $schema.items WHERE tenant_id = 2002') AS x (a text, b text)"), "SELECT f()"),
        new("a function that reads the statements of other sessions", PolicyVerdict.NotJudged,
            Sql("bigint", "SELECT count(s.query) FROM pg_catalog.pg_stat_get_activity(NULL) s")),
        new("a function that sorts with an extension's function of the name of one of PostgreSQL's", PolicyVerdict.Safe,
            "CREATE EXTENSION citext SCHEMA $schema;" + Sql("text", "SELECT max(replace(code, 'a', 'b')) FROM codes")),
        new("a function that reads in PL/pgSQL", PolicyVerdict.Hole, Block("SELECT count(*) INTO n FROM Items WHERE tenant_id = 2002;"), "SELECT f()"),
        new("a function that reads statistics", PolicyVerdict.NotJudged, Sql("bigint", "SELECT count(*) FROM pg_stats")),
        new("a function with the caller's search path", PolicyVerdict.NotJudged,
            Sql("bigint", "SELECT count(*) FROM codes").Replace("SET search_path = $schema, pg_temp", "", StringComparison.Ordinal)),
        new("a function that writes where a trigger copies", PolicyVerdict.NotJudged, """
            CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO items SELECT 2002, 7, 'x'; RETURN new; END $$;
            CREATE TRIGGER c AFTER INSERT ON codes FOR EACH ROW EXECUTE FUNCTION copy();
            """ + Sql("void", "INSERT INTO codes VALUES ('b')")),
        new("a function that deletes where a foreign key cascades", PolicyVerdict.NotJudged,
            "ALTER TABLE items ADD COLUMN code text REFERENCES codes ON DELETE CASCADE;"
            + Sql("void", "DELETE FROM codes WHERE code = 'a'")),
        new("a function in a language that is not read", PolicyVerdict.NotJudged,
            "CREATE FUNCTION f() RETURNS integer LANGUAGE internal SECURITY DEFINER SET search_path = $schema, pg_temp AS 'pg_backend_pid';"),
        new("a function that filters by its argument", PolicyVerdict.Hole, Query("tenant bigint", "tenant_id = tenant"), "SELECT count(*) FROM f(2002)"),
        new("a function that filters by its argument or the setting", PolicyVerdict.Hole,
            Query("tenant bigint", "tenant_id = coalesce(tenant, nullif(current_setting('app.tenant', true), '')::bigint)"), "SELECT count(*) FROM f(2002)"),
        new("a function that lets a password through", PolicyVerdict.Hole,
            Query("word text", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint OR word = 'sesame'"),
                "SELECT count(*) FROM f('sesame') WHERE f = 2002"),
        new("a function that lets a long word through", PolicyVerdict.NotJudged,
            Query("word text", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint OR length(word) > 100")),
        new("a function that filters by the setting, with a parameter of a type that no value stands for", PolicyVerdict.Safe,
            Query("at point", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint")),
        new("a function that filters by the setting", PolicyVerdict.Safe, Query("", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint")),
        new("a function that compares columns with its arguments", PolicyVerdict.Safe,
            Query("word text, low bigint, ids bigint[]", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint "
                + "AND (note = word OR word IS NULL) AND (id BETWEEN low AND low + 9 OR NOT id = ANY (ids) OR id IN (low, 7) OR low < 1 / length(word))")),
        new("a function that searches the tenant's rows", PolicyVerdict.NotJudged,
            Query("word text", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint AND (note LIKE word OR word IS NULL)")),
        new("a function that searches the tenant's rows or all of them", PolicyVerdict.Hole,
            Query("word text", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint OR note ILIKE word"),
                "SELECT count(*) FROM f('%') WHERE f = 2002"),
        new("a function that reads nothing", PolicyVerdict.Safe, Sql("bigint", "SELECT 1::bigint")),
        new("a function that reads codes", PolicyVerdict.Safe, Sql("bigint", "SELECT count(*) FROM codes")),
        new("a function that reads codes with their schema", PolicyVerdict.Safe,
            Sql("bigint", "SELECT count(*) FROM $schema.codes").Replace("$schema, pg_temp", "''", StringComparison.Ordinal)),
        new("a function with a standard body", PolicyVerdict.Safe,
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM codes);"),
        new("a function that writes codes", PolicyVerdict.Safe, Sql("void", "INSERT INTO $schema.codes VALUES ('c')")),
        new("a function in PL/pgSQL", PolicyVerdict.Safe, Block("SELECT count(*) INTO n FROM codes; IF n > 5 THEN RAISE EXCEPTION 'too many'; END IF;")),
        new("a function that reads the setting", PolicyVerdict.Safe, Sql("text", "SELECT nullif(current_setting('app.tenant', true), '')")),
        new("a trigger that sets a column", PolicyVerdict.Safe, """
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = $schema, pg_temp AS
            $$ BEGIN new.note := lower(new.note); RETURN new; END $$;
            CREATE TRIGGER c BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION f();
            """),
    ];

    private static string Sql(string type, string body, string name = "f") =>
        $"CREATE FUNCTION {name}() RETURNS {type} LANGUAGE sql {Pinned} {body} $f$;";

    private static string Query(string parameters, string condition) =>
        $"CREATE FUNCTION f({parameters}) RETURNS SETOF bigint LANGUAGE sql {Pinned} SELECT i.tenant_id FROM $schema.items i WHERE {condition} $f$;";

    private static string Block(string body) =>
        $"CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql {Pinned} DECLARE n bigint; BEGIN {body} RETURN n; END $f$;";
}
