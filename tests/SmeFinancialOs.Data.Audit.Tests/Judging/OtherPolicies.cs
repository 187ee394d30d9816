namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Traps: the sampling sees nothing wrong, and "safe" would be wrong or unproved. And tables that are closed.</summary>
internal static class OtherPolicies
{
    internal static IReadOnlyList<LabelledPolicy> All { get; } =
    [
        NotJudged("a literal that no sample meets", "tenant_id = $cur OR md5(tenant_id::text) = 'a87ff679a2f3e71d9181a67b7542122c'"),
        NotJudged("a length", "tenant_id = $cur OR length(note) = 37"),
        NotJudged("a regular expression", "tenant_id = $cur OR note ~ '^share:[0-9]{4}$'"),
        NotJudged("a distant id", "tenant_id = $cur OR tenant_id * 3 = 3702"),
        NotJudged("a year", "tenant_id = $cur OR extract(year FROM now()) = 2031"),
        NotJudged("an hour", "tenant_id = $cur OR extract(hour FROM now()) > 24"),
        NotJudged("a client's address", "tenant_id = $cur OR inet_client_addr() = '10.9.8.7'"),
        NotJudged("a setting that is hashed", "tenant_id = $cur OR md5(current_setting('app.key', true)) = 'a87ff679a2f3e71d9181a67b7542122c'"),
        NotJudged("a computed setting", "tenant_id = nullif(current_setting('app.' || 'tenant', true), '')::bigint"),
        NotJudged("another setting", "tenant_id = nullif(current_setting('app.org', true), '')::bigint"),
        NotJudged("by region", "current_setting('app.region', true) = 'eu-' || (tenant_id * 0 - 5)::text"),
        NotJudged("the own row never passes", "tenant_id = $cur AND length(note) = 37"),
        NotJudged("a membership", "tenant_id IN (SELECT m.tenant_id FROM members m WHERE m.user_id = nullif(current_setting('app.user', true), '')::bigint)"),
        NotJudged("more settings than can be combined", "tenant_id = $cur AND "
            + string.Join(" AND ", Enumerable.Range(0, 40).Select(i => $"coalesce(current_setting('app.s{i}', true), '') <> 'v{i}'"))),
        Tells("a pattern in a setting", "tenant_id = $cur AND note LIKE current_setting('app.pattern', true)"),
        Tells("a pattern in a wrapped setting", "tenant_id = $cur AND note LIKE (SELECT current_setting('app.pattern', true))"),
        Tells("a regular expression in a setting", "tenant_id = $cur AND note !~ coalesce(current_setting('app.pattern', true), 'x')"),
        Tells("a division by what a setting leaves",
            "tenant_id = $cur AND 1 / (owner_id - coalesce(nullif(current_setting('app.n', true), ''), '0')::bigint) < 2"),
        Tells("a cast of what a setting completes", "tenant_id = $cur AND (current_setting('app.p', true) || id::text)::bigint > 0"),
        new("a function that reads a setting", PolicyVerdict.NotJudged, """
            CREATE FUNCTION shows(note text) RETURNS boolean LANGUAGE plpgsql STABLE AS
            $$ BEGIN RETURN note LIKE current_setting('app.pattern', true); END $$;
            CREATE POLICY p ON t USING (tenant_id = $cur AND coalesce(shows(note), true));
            """) { Reason = "the error tells" },
        NotJudged("a function with effects", "tenant_id = $cur AND nextval('numbers') > 0"),
        NotJudged("an advisory lock", "tenant_id = $cur AND pg_try_advisory_xact_lock(7)"),
        NotJudged("a setting that is written", "tenant_id = $cur AND set_config('app.seen', 'yes', true) = 'yes'"),
        new("an expression that is built while it runs", PolicyVerdict.NotJudged, """
            CREATE FUNCTION may_see(id bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS
            $$ DECLARE r boolean; BEGIN EXECUTE 'SELECT $1 = current_setting(''app.tenant'')::bigint' INTO r USING id; RETURN r; END $$;
            CREATE POLICY p ON t USING (may_see(tenant_id));
            """),
        new("an operator of one's own", PolicyVerdict.NotJudged, """
            CREATE FUNCTION same(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2 OR $1 = 4711';
            CREATE OPERATOR === (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = same);
            CREATE POLICY p ON t USING (tenant_id OPERATOR($schema.===) $cur);
            """),
        Text("an id that is cut off by name", "tenant_id = current_setting('app.tenant', true)::name"),
        Text("a collation without accents", "tenant_id = current_setting('app.tenant', true) COLLATE ignores_width"),
        NotJudged("a number that is rounded", "tenant_id::float8 = current_setting('app.tenant', true)::float8"),
        NotJudged("a magic value of the setting", "tenant_id = coalesce(nullif(nullif(current_setting('app.tenant', true), ''), 'magic'), '')::bigint"),
        new("a number that is rounded in PL/pgSQL", PolicyVerdict.NotJudged, """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
            DECLARE found double precision := nullif(current_setting('app.tenant', true), ''); BEGIN RETURN found::bigint; END $$;
            CREATE POLICY p ON t USING (tenant_id = current_tenant());
            """),
        new("no policy", PolicyVerdict.Closed, ""),
        new("a policy for another role alone", PolicyVerdict.Closed, "CREATE POLICY p ON t TO $other USING (true);"),
        new("a restrictive policy alone", PolicyVerdict.Closed, "CREATE POLICY p ON t AS RESTRICTIVE USING (tenant_id = $cur);"),
        new("a policy that lets nothing pass", PolicyVerdict.Closed, "CREATE POLICY p ON t USING (false);"),
        new("no privilege", PolicyVerdict.Closed, "CREATE POLICY p ON t USING (true); REVOKE ALL ON t FROM $web;"),
        new("no USAGE of the schema", PolicyVerdict.Closed, "CREATE POLICY p ON t USING (true); REVOKE USAGE ON SCHEMA $schema FROM $web;"),
    ];

    private static LabelledPolicy Text(string name, string expression) =>
        LabelledPolicy.Using(name, PolicyVerdict.NotJudged, expression, "tenant_id text NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)");

    /// <summary>Safe by its answers, and not by its errors.</summary>
    private static LabelledPolicy Tells(string name, string expression) => NotJudged(name, expression) with { Reason = "the error tells" };

    private static LabelledPolicy NotJudged(string name, string expression) => LabelledPolicy.Using(name, PolicyVerdict.NotJudged, expression);
}
