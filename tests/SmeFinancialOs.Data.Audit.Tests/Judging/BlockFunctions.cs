namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>SECURITY DEFINER functions of a superuser with several tables, in PL/pgSQL, and such that write.</summary>
internal static class BlockFunctions
{
    private const string Pinned = "SECURITY DEFINER SET search_path = $schema, pg_temp AS $f$";
    private const string Foreign = "SELECT count(*) FROM f() WHERE f = 2";
    private const string Setting = "nullif(current_setting('app.tenant', true), '')::bigint";

    internal static IReadOnlyList<LabelledObject> All { get; } =
    [
        Safe("joins on the tenant column", Sql("", "SELECT i.id FROM items i JOIN parts p ON p.tenant_id = i.tenant_id WHERE i.tenant_id = $set")),
        Safe("finds a row of the tenant by its id", Sql("wanted bigint", "SELECT i.id FROM items i WHERE i.id = wanted AND i.tenant_id = $set")),
        Safe("filters by a day, too", Sql("day date", "SELECT id FROM items WHERE tenant_id = $set AND day < current_date")),
        Safe("returns a table", "CREATE FUNCTION f(word text) RETURNS TABLE (n bigint, t text) LANGUAGE sql " + Pinned
            + " SELECT i.id, i.note FROM items i WHERE i.tenant_id = $set AND i.note = word $f$;"),
        Safe("returns a query", Block("RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = $set;")),
        Safe("filters by a variable that is declared with the setting",
            Block("RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = mine;", "mine bigint := $set;")),
        Safe("filters by a variable that is set once", Block("mine := $set; RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = "
            + "mine;", "mine bigint;")),
        Safe("selects the setting into a variable",
            Block("SELECT $set INTO mine; IF mine IS NULL THEN RAISE EXCEPTION 'no tenant'; END IF; RETURN QUERY SELECT id FROM items WHERE "
            + "tenant_id = mine;", "mine bigint;")),
        Safe("returns a query below IF", Block("IF wanted > 0 THEN RETURN QUERY SELECT id FROM items WHERE tenant_id = $set AND id = wanted; "
            + "ELSE RETURN QUERY SELECT id FROM parts WHERE tenant_id = $set; END IF;", "", "wanted bigint")),
        Safe("returns what it has selected", Scalar("SELECT count(*) INTO n FROM items WHERE tenant_id = $set; RETURN n;")),
        Safe("returns a sub-select", Scalar("RETURN (SELECT count(*) FROM items WHERE tenant_id = $set);")),
        Safe("sets a variable to a count", Scalar("n := (SELECT count(*) FROM items WHERE tenant_id = $set); RETURN n + 1;")),
        Safe("loops over the tenant's rows", Block("FOR r IN SELECT id FROM items WHERE tenant_id = $set LOOP RETURN NEXT r.id; END LOOP;", "r record;")),
        Safe("performs a query", Scalar("PERFORM 1 FROM items WHERE tenant_id = $set; IF FOUND THEN RETURN 1; END IF; RETURN 0;")),
        Safe("updates the tenant's rows", Write("UPDATE items SET note = word WHERE tenant_id = $set AND id = 1")),
        Safe("updates by the rows of another table", Write("UPDATE items i SET note = word FROM parts p WHERE p.tenant_id = i.tenant_id AND "
            + "i.tenant_id = $set")),
        Safe("deletes the tenant's rows", Write("DELETE FROM prices WHERE tenant_id = $set AND note = word")),
        Safe("inserts a row of the tenant", Write("INSERT INTO prices (tenant_id, item_id, note) VALUES ($set, 1, word) ON CONFLICT DO NOTHING")),
        Safe("copies rows of the tenant", Write("INSERT INTO prices (item_id, tenant_id) SELECT i.id, i.tenant_id FROM items i WHERE i.tenant_id = $set")),
        Safe("writes in PL/pgSQL", Scalar("INSERT INTO prices (tenant_id, item_id) VALUES (mine, 1) RETURNING amount INTO n; RETURN "
            + "n;", "mine bigint := $set;")),
        Hole("joins a table without a filter", Sql("", "SELECT p.item_id FROM items i CROSS JOIN parts p WHERE i.tenant_id = $set"), Foreign),
        Hole("has a union without a filter", Sql("", "SELECT id FROM items WHERE tenant_id = $set UNION SELECT item_id FROM parts"), Foreign),
        Hole("returns a query without a filter", Block("RETURN QUERY SELECT i.id FROM items i;"), Foreign),
        Hole("filters by its argument", Block("RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = tenant;", "", "tenant bigint"),
            "SELECT count(*) FROM f(2002)"),
        Hole("filters by a variable with a default tenant",
            Block("RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = mine;", "mine bigint := coalesce($set, 2002);"),
            "SELECT count(*) FROM (SELECT set_config('app.tenant', '', true)) s, f() WHERE f = 2"),
        Hole("updates the rows of its argument", "ALTER TABLE items NO FORCE ROW LEVEL SECURITY;" + Count("UPDATE items SET note = 'x' WHERE "
            + "tenant_id = tenant", "tenant bigint"), "SELECT f(2002)"),
        Hole("deletes all rows", Count("DELETE FROM prices", ""), "SELECT f() - 1"),
        Hole("inserts for its argument", Count("INSERT INTO prices (tenant_id, item_id) VALUES (tenant, 1)", "tenant bigint"), "SELECT f(2002)"),
        Hole("moves rows to another tenant", Count("UPDATE prices SET tenant_id = 2002 WHERE tenant_id = $set", ""), "SELECT f()"),
        Open("sets its variable twice", Block("mine := $set; mine := tenant; RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = "
            + "mine;", "mine bigint;", "tenant bigint"),
            "SELECT count(*) FROM f(2002)"),
        Open("sets its variable below IF", Block("IF tenant > 0 THEN mine := tenant; END IF; RETURN QUERY SELECT id FROM items WHERE tenant_id = "
            + "mine AND $set > 0;", "mine bigint;", "tenant bigint"),
            "SELECT count(*) FROM f(2002)"),
        Open("guards its query with IF", Block("IF tenant = $set THEN RETURN QUERY SELECT i.id FROM items i WHERE i.tenant_id = tenant; END "
            + "IF;", "", "tenant bigint")),
        Open("builds SQL that reads the setting", Block("RETURN QUERY EXECUTE 'SELECT id FROM items WHERE tenant_id = ' || "
            + "current_setting('app.tenant');")),
        Open("catches errors", Block("RETURN QUERY SELECT id FROM items WHERE tenant_id = $set; EXCEPTION WHEN OTHERS THEN RETURN QUERY SELECT "
            + "id FROM items;")),
        Open("has a cursor", Block("OPEN c; FETCH c INTO r; RETURN NEXT r.id; CLOSE c;", "c CURSOR FOR SELECT id FROM items WHERE tenant_id = "
            + "$set; r record;")),
        Open("updates on conflict", Count("INSERT INTO items (tenant_id, id) VALUES ($set, 2) ON CONFLICT (id) DO UPDATE SET note = "
            + "'x'", ""), "SELECT f()"),
        Open("leaves the tenant to the default", "ALTER TABLE prices ALTER tenant_id SET DEFAULT 2002;" + Count("INSERT INTO prices (item_id) "
            + "SELECT id FROM items WHERE tenant_id = $set", ""),
            "SELECT f()"),
        Hole("inserts for its argument, among other tables", Count("INSERT INTO codes (code) VALUES ('z'); INSERT INTO prices (tenant_id, "
            + "item_id) SELECT tenant, i.id FROM items i "
            + "WHERE i.tenant_id = $set", "tenant bigint"), "SELECT f(2002)"),
        Open("keeps a row of another tenant in a variable", Block("SELECT i.tenant_id INTO mine FROM items i WHERE i.id = wanted; RETURN QUERY "
            + "SELECT id FROM items WHERE "
            + "tenant_id = mine AND $set > 0;", "mine bigint;", "wanted bigint"), "SELECT count(*) FROM f(2) WHERE f = 2"),
        Open("compares the tenant of a row that it has read", Block("SELECT i.tenant_id INTO mine FROM items i WHERE i.id = wanted; "
            + "IF mine <> $set OR $set IS NULL THEN RETURN; END IF; RETURN NEXT wanted;", "mine bigint;", "wanted bigint")),
        Open("asks who runs it", Sql("", "SELECT id FROM items WHERE tenant_id = $set OR current_user <> 'web'"), Foreign),
    ];

    private static LabelledObject Safe(string name, string sql) => Of(name, PolicyVerdict.Safe, sql, null);

    private static LabelledObject Hole(string name, string sql, string attack) => Of(name, PolicyVerdict.Hole, sql, attack);

    private static LabelledObject Open(string name, string sql, string? attack = null) => Of(name, PolicyVerdict.NotJudged, sql, attack);

    private static LabelledObject Of(string name, PolicyVerdict verdict, string sql, string? attack) =>
        new("a definer function that " + name, verdict, sql.Replace("$set", Setting, StringComparison.Ordinal), attack);

    private static string Sql(string parameters, string query) => $"CREATE FUNCTION f({parameters}) RETURNS SETOF bigint LANGUAGE sql {Pinned} "
            + $"{query} $f$;";

    private static string Write(string statement) => $"CREATE FUNCTION f(word text) RETURNS void LANGUAGE sql {Pinned} {statement} $f$;";

    private static string Block(string body, string variables = "", string parameters = "") =>
        $"CREATE FUNCTION f({parameters}) RETURNS SETOF bigint LANGUAGE plpgsql {Pinned} DECLARE {variables} BEGIN {body} END $f$;";

    private static string Scalar(string body, string variables = "") =>
        $"CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql {Pinned} DECLARE n bigint; {variables} BEGIN {body} END $f$;";

    /// <summary>How many rows the statement writes.</summary>
    private static string Count(string statement, string parameters) =>
        $"CREATE FUNCTION f({parameters}) RETURNS bigint LANGUAGE plpgsql {Pinned} DECLARE n bigint; BEGIN {statement}; GET DIAGNOSTICS n = "
            + $"ROW_COUNT; RETURN n; END $f$;";
}
