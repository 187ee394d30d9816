using static SmeFinancialOs.Data.Audit.Tests.Judging.LabelledPolicy;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Each lets a row of another tenant pass, or a row of any tenant when none is set.</summary>
internal static class HolePolicies
{
    internal static IReadOnlyList<LabelledPolicy> All { get; } =
    [
        Hole("every row", "true"),
        Hole("a condition that is always true", "1 = 1"),
        Hole("a column that equals itself", "tenant_id = tenant_id"),
        Hole("a fixed tenant besides the own one", "tenant_id = $cur OR tenant_id = 0"),
        Hole("a fixed tenant in a list", "tenant_id = ANY (ARRAY[$cur, 7::bigint])"),
        Hole("a fixed tenant by IN", "tenant_id IN ($cur, 7)"),
        Hole("a fixed tenant alone", "tenant_id = 42"),
        Hole("a default tenant", "tenant_id = coalesce($cur, 7)"),
        Hole("a default tenant in an inner coalesce", "tenant_id = coalesce(nullif(current_setting('app.tenant', true), ''), '7')::bigint"),
        Hole("a default tenant that is computed", "tenant_id = coalesce($cur, 3 * 7)"),
        Hole("a default tenant in CASE", "tenant_id = CASE WHEN $cur IS NULL THEN 9 ELSE $cur END"),
        Hole("the row's own tenant as the default", "tenant_id = coalesce($cur, tenant_id)"),
        Hole("no tenant sees everything", "tenant_id = $cur OR $cur IS NULL"),
        Hole("an empty setting sees everything", "current_setting('app.tenant', true) = '' OR tenant_id = $cur"),
        Hole("a setting that was never set sees everything", "current_setting('app.tenant', true) IS NULL OR tenant_id = $cur"),
        Hole("any tenant is enough", "$cur IS NOT NULL"),
        Hole("a tenant that is not zero is enough", "$cur <> 0"),
        Hole("the negation", "tenant_id <> $cur"),
        Hole("NOT of the equality", "NOT (tenant_id = $cur)"),
        Hole("IS DISTINCT FROM", "tenant_id IS DISTINCT FROM $cur"),
        Hole("greater or equal", "tenant_id >= $cur"),
        Hole("less or equal", "tenant_id <= $cur"),
        Hole("a range around the own id", "tenant_id BETWEEN $cur - 1 AND $cur + 1"),
        Hole("the own id plus one", "tenant_id = $cur + 1"),
        Hole("the same remainder", "tenant_id % 1000 = $cur % 1000"),
        Hole("the absolute value", "abs(tenant_id) = abs($cur) OR tenant_id = -1"),
        Hole("a flag that SQL can set", "tenant_id = $cur OR current_setting('app.is_admin', true) = 'true'"),
        Hole("a flag with a value of its own", "tenant_id = $cur OR current_setting('app.mode', true) = 'support'"),
        Hole("a flag that is a boolean", "tenant_id = $cur OR coalesce(nullif(current_setting('app.bypass', true), '')::boolean, false)"),
        Hole("a flag in CASE", "CASE WHEN current_setting('app.mode', true) = 'all' THEN true ELSE tenant_id = $cur END"),
        Hole("a flag that is not something", "tenant_id = $cur OR current_setting('app.scope', true) <> 'tenant'"),
        Hole("two flags", "tenant_id = $cur OR (current_setting('app.role', true) = 'root' AND current_setting('app.mfa', true) = 'yes')"),
        Hole("the application's name as a flag", "tenant_id = $cur OR current_setting('application_name') = 'migrations'"),
        Hole("a tenant taken from another setting", "tenant_id = $cur OR tenant_id = nullif(current_setting('app.shared_tenant', true), '')::bigint"),
        Hole("a public column", "tenant_id = $cur OR open"),
        Hole("a public column alone", "open"),
        Hole("a public note", "tenant_id = $cur OR note = 'public'"),
        Hole("a column that equals the setting", "owner_id = $cur"),
        Hole("the owner without the tenant", "owner_id = nullif(current_setting('app.user', true), '')::bigint"),
        Hole("owner or tenant", "tenant_id = $cur OR owner_id = nullif(current_setting('app.user', true), '')::bigint"),
        Hole("always but on a note", "note IS NULL OR tenant_id = $cur"),
        Hole("a note that contains the setting", "note LIKE '%' || current_setting('app.tenant', true) || '%' OR tenant_id = $cur"),
        Hole("LIKE against a setting", "tenant_id LIKE current_setting('app.tenant', true)", TextTable),
        Hole("LIKE with a wildcard", "tenant_id LIKE current_setting('app.tenant', true) || '%'", TextTable),
        Hole("a prefix", "starts_with(tenant_id, $text)", TextTable),
        Hole("a setting that begins with the tenant", "$text LIKE tenant_id || '%'", TextTable),
        Hole("without regard to case", "lower(tenant_id) = lower($text)", TextTable),
        Hole("ILIKE", "tenant_id ILIKE $text", TextTable),
        Hole("a part of the id", "left(tenant_id, 4) = left($text, 4)", TextTable),
        Hole("split_part", "split_part(tenant_id, '_', 1) = split_part($text, '_', 1)", TextTable),
        Hole("a regular expression", "tenant_id ~ $text", TextTable),
        Hole("position", "position(tenant_id IN current_setting('app.tenant', true)) > 0", TextTable),
        Hole("a list of the empty text", "tenant_id = ANY (string_to_array(coalesce(current_setting('app.tenant', true), 'public'), ','))", TextTable),
        Hole("an id that is cut off", "tenant_id = current_setting('app.tenant', true)::char(6)", TextTable),
        Hole("an id that is cut off by varchar", "tenant_id = current_setting('app.tenant', true)::varchar(12)", TextTable),
        Hole("a list that is cut at a letter", "tenant_id = ANY (string_to_array(nullif(current_setting('app.tenant', true), ''), 'x'))", TextTable),
        Hole("a letter that is trimmed", "tenant_id = btrim(current_setting('app.tenant', true), 'x')", TextTable),
        Hole("all of an empty list", "tenant_id = ALL (string_to_array(current_setting('app.tenant', true), ','))", TextTable),
        Hole("the nil uuid as default", "tenant_id = coalesce(nullif(current_setting('app.tenant', true), '')::uuid, "
            + "'00000000-0000-0000-0000-000000000000')", UuidTable),
        Hole("a fixed uuid", "tenant_id IN (nullif(current_setting('app.tenant', true), '')::uuid, '11111111-1111-1111-1111-111111111111')", UuidTable),
        Hole("the beginning of a uuid", "left(tenant_id::text, 8) = left(current_setting('app.tenant', true), 8)", UuidTable),
        Hole("rows without a tenant that the app writes", "tenant_id = $cur OR tenant_id IS NULL", "tenant_id bigint, id bigint"),
        Hole("a nondeterministic collation", "tenant_id = $text",
            "tenant_id text COLLATE ignores_case NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)"),
        Policies("INSERT WITH CHECK true", "CREATE POLICY p ON t USING (tenant_id = $cur) WITH CHECK (true);"),
        Policies("a second permissive policy", "CREATE POLICY p ON t USING (tenant_id = $cur); CREATE POLICY q ON t FOR SELECT USING (open);"),
        Policies("a ban that is permissive", "CREATE POLICY p ON t USING (tenant_id = $cur); CREATE POLICY q ON t FOR INSERT WITH CHECK (tenant_id <> 1);"),
        Policies("UPDATE by everybody", "CREATE POLICY p ON t FOR SELECT USING (tenant_id = $cur); CREATE POLICY q ON t FOR UPDATE USING (true) "
            + "WITH CHECK (tenant_id = $cur);"),
        Policies("DELETE by everybody",
            "CREATE POLICY p ON t FOR SELECT USING (tenant_id = $cur); CREATE POLICY q ON t FOR DELETE USING (id > 0 OR id IS NULL);"),
        Policies("UPDATE that gives a row away", "CREATE POLICY p ON t USING (tenant_id = $cur); CREATE POLICY q ON t FOR UPDATE USING (tenant_id = $cur) "
            + "WITH CHECK (id IS NOT NULL);"),
        Policies("a restrictive policy for one command",
            "CREATE POLICY p ON t USING (true); CREATE POLICY q ON t AS RESTRICTIVE FOR SELECT USING (tenant_id = $cur);"),
        Policies("a restrictive policy for another role",
            "CREATE POLICY p ON t USING (true); CREATE POLICY q ON t AS RESTRICTIVE TO $other USING (tenant_id = $cur);"),
        Policies("row-level security off", "CREATE POLICY p ON t USING (tenant_id = $cur); ALTER TABLE t DISABLE ROW LEVEL SECURITY;"),
        Policies("a default tenant in a function", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE AS
            $$ SELECT coalesce(nullif(current_setting('app.tenant', true), '')::bigint, 7) $$;
            CREATE POLICY p ON t USING (tenant_id = current_tenant());
            """),
        Policies("a default tenant in a PL/pgSQL function", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
            DECLARE found text := current_setting('app.tenant', true);
            BEGIN IF found IS NULL OR found = '' THEN RETURN 7; END IF; RETURN found::bigint; END $$;
            CREATE POLICY p ON t USING (tenant_id = (SELECT current_tenant()));
            """),
        Policies("a magic value in PL/pgSQL", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
            DECLARE found text := nullif(current_setting('app.tenant', true), '');
            BEGIN IF found IS NULL THEN RAISE EXCEPTION 'none'; END IF;
            IF nullif(found, 'magic') IS NULL THEN RETURN 7; END IF; RETURN found::bigint; END $$;
            CREATE POLICY p ON t USING (tenant_id = (SELECT current_tenant()));
            """),
        Policies("an error that is caught", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
            BEGIN RETURN current_setting('app.tenant')::bigint; EXCEPTION WHEN OTHERS THEN RETURN 1; END $$;
            CREATE POLICY p ON t USING (tenant_id = current_tenant());
            """),
        Policies("a function that says yes to support", """
            CREATE FUNCTION may_see(id bigint) RETURNS boolean LANGUAGE sql STABLE AS
            $$ SELECT id = nullif(current_setting('app.tenant', true), '')::bigint OR current_setting('app.actor', true) = 'support' $$;
            CREATE POLICY p ON t USING (may_see(tenant_id));
            """),
        Policies("a comment that hides a quote", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $$
            -- don't read the setting twice
            SELECT coalesce(nullif(current_setting('app.tenant', true), '')::bigint, 7) -- it's fine
            $$;
            CREATE POLICY p ON t USING (tenant_id = current_tenant());
            """),
    ];

    private static LabelledPolicy Hole(string name, string expression, string? table = null) =>
        LabelledPolicy.Using(name, PolicyVerdict.Hole, expression, table);

    private static LabelledPolicy Policies(string name, string sql) => new(name, PolicyVerdict.Hole, sql);
}
