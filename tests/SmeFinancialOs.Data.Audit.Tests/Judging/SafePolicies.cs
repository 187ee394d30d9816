using static SmeFinancialOs.Data.Audit.Tests.Judging.LabelledPolicy;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>None lets a row of another tenant pass, and the tenant's own rows do pass.</summary>
internal static class SafePolicies
{
    private const string Uuid = "nullif(current_setting('app.tenant', true), '')::uuid";

    internal static IReadOnlyList<LabelledPolicy> All { get; } =
    [
        Safe("the wrapped form", "tenant_id = $cur"),
        Safe("without a sub-select", "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint"),
        Safe("the other way round", "$cur = tenant_id"),
        Safe("a cast without NULLIF", "tenant_id = current_setting('app.tenant')::bigint"),
        Safe("without NULLIF and with missing_ok", "tenant_id = current_setting('app.tenant', true)::bigint"),
        Safe("compared as text", "tenant_id::text = current_setting('app.tenant', true)"),
        Safe("uuid", $"tenant_id = (SELECT {Uuid})", UuidTable),
        Safe("uuid as text", "tenant_id::text = current_setting('app.tenant', true)", UuidTable),
        Safe("text", "tenant_id = nullif(current_setting('app.tenant', true), '')", TextTable),
        Safe("text against varchar", "tenant_id = $text", "tenant_id varchar(40) NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)"),
        Safe("IN with a sub-select", "tenant_id IN (SELECT $cur)"),
        Safe("a list of one", "tenant_id IN ($cur)"),
        Safe("a list of tenants in the setting", "tenant_id = ANY (string_to_array(nullif(current_setting('app.tenant', true), ''), ',')::bigint[])"),
        Safe("a list of texts", "tenant_id = ANY (string_to_array(nullif(current_setting('app.tenant', true), ''), ','))", TextTable),
        Safe("a list by unnest", "tenant_id IN (SELECT unnest(string_to_array(nullif(current_setting('app.tenant', true), ''), ','))::bigint)"),
        Safe("claims in JSON", "tenant_id = (nullif(current_setting('app.tenant', true), '')::jsonb ->> 'tenant')::bigint"),
        Safe("claims in nested JSON", "tenant_id = (nullif(current_setting('app.tenant', true), '')::json -> 'app_metadata' ->> 'tenant_id')::bigint"),
        Safe("a list in JSON", "tenant_id IN (SELECT jsonb_array_elements_text(nullif(current_setting('app.tenant', true), '')::jsonb)::bigint)"),
        Safe("and another condition", "tenant_id = $cur AND open"),
        Safe("and a comparison with a setting", "tenant_id = $cur AND (note = current_setting('app.note', true) OR owner_id IS NOT NULL OR open IS NULL)"),
        Safe("and a list of a setting",
            "tenant_id = $cur AND (note = ANY (string_to_array(current_setting('app.notes', true), ',')) OR open IS DISTINCT FROM true OR open)"),
        Safe("and an overlap with a setting", "tenant_id = $cur AND (tags && string_to_array(current_setting('app.tags', true), ',') OR tags IS NULL)",
            "tenant_id bigint NOT NULL, id bigint, tags text[], PRIMARY KEY (tenant_id, id)"),
        Safe("and a note or an owner", "tenant_id = $cur AND (note IS NULL OR owner_id = id)"),
        Safe("the tenant in both branches", "(tenant_id = $cur AND open) OR (tenant_id = $cur AND NOT open)"),
        Safe("the tenant and a flag", "tenant_id = $cur AND (current_setting('app.mode', true) = 'all' OR open OR open IS NULL)"),
        Safe("not the negation", "NOT (tenant_id <> $cur)"),
        Safe("not distinct from", "tenant_id IS NOT DISTINCT FROM $cur"),
        Safe("or never", "tenant_id = $cur OR false"),
        Safe("an integer", "tenant_id = $cur", "tenant_id integer NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)"),
        Safe("a nullable column", "tenant_id = $cur", "tenant_id bigint, id bigint"),
        Safe("a generated column beside it", "tenant_id = $cur AND total > 0",
            "tenant_id bigint NOT NULL, id bigint, net int CHECK (net > 0), total int GENERATED ALWAYS AS (net * 2) STORED, PRIMARY KEY (tenant_id, id)"),
        Safe("a status of an enumeration", "tenant_id = $cur AND state <> 'deleted'",
            "tenant_id bigint NOT NULL, id bigint, state invoice_state NOT NULL, PRIMARY KEY (tenant_id, id)"),
        Safe("a domain without NULL that no policy names", "tenant_id = $cur",
            "tenant_id bigint NOT NULL, id bigint, price cents, day date NOT NULL, PRIMARY KEY (tenant_id, id)"),
        Safe("a domain", "tenant_id = $cur", "tenant_id tenant_key NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)"),
        Safe("a quoted name", "tenant_id = $cur AND \"Is Open\"", "tenant_id bigint NOT NULL, id bigint, \"Is Open\" boolean, PRIMARY KEY (tenant_id, id)"),
        Safe("a clock besides the tenant", "tenant_id = $cur AND extract(hour FROM now()) >= 0"),
        Safe("the user besides the tenant", "tenant_id = $cur AND owner_id = nullif(current_setting('app.user', true), '')::bigint"),
        Policies("a policy for each command", """
            CREATE POLICY a ON t FOR SELECT USING (tenant_id = $cur); CREATE POLICY b ON t FOR INSERT WITH CHECK (tenant_id = $cur);
            CREATE POLICY c ON t FOR UPDATE USING (tenant_id = $cur) WITH CHECK (tenant_id = $cur); CREATE POLICY d ON t FOR DELETE USING (tenant_id = $cur);
            """),
        Policies("read-only", "CREATE POLICY a ON t FOR SELECT USING (tenant_id = $cur);"),
        Policies("UPDATE that is never allowed", "CREATE POLICY a ON t FOR SELECT USING (tenant_id = $cur); CREATE POLICY b ON t FOR UPDATE USING (false);"),
        Policies("a restrictive tenant policy", "CREATE POLICY a ON t USING (true); CREATE POLICY b ON t AS RESTRICTIVE USING (tenant_id = $cur);"),
        Policies("a restrictive tenant policy and permissive ones for each feature", """
            CREATE POLICY a ON t FOR SELECT USING (open); CREATE POLICY b ON t USING (owner_id = nullif(current_setting('app.user', true), '')::bigint);
            CREATE POLICY c ON t AS RESTRICTIVE USING (tenant_id = $cur) WITH CHECK (tenant_id = $cur);
            """),
        Policies("two permissive tenant policies",
            "CREATE POLICY a ON t USING (tenant_id = $cur); CREATE POLICY b ON t FOR SELECT USING (tenant_id = $cur AND open);"),
        Policies("a ban besides the tenant",
            "CREATE POLICY a ON t USING (tenant_id = $cur); CREATE POLICY b ON t AS RESTRICTIVE FOR INSERT WITH CHECK (tenant_id <> 7);"),
        Policies("a policy for another role", "CREATE POLICY a ON t USING (tenant_id = $cur); CREATE POLICY b ON t TO $other USING (true);"),
        Policies("an SQL function", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.tenant', true), '')::bigint $$;
            CREATE POLICY p ON t USING (tenant_id = (SELECT current_tenant()));
            """),
        Policies("an SQL function with a standard body", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE RETURN nullif(current_setting('app.tenant', true), '')::bigint;
            CREATE POLICY p ON t USING (tenant_id = current_tenant());
            """),
        Policies("a function that calls a function", """
            CREATE FUNCTION claims() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.tenant', true), '')::jsonb $$;
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT ($schema.claims() ->> 'org_id')::bigint /* of the token */ $$;
            CREATE POLICY p ON t USING (tenant_id = (SELECT current_tenant()));
            """),
        Policies("a PL/pgSQL function that refuses", """
            CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
            DECLARE found text := nullif(current_setting('app.tenant', true), '');
            BEGIN IF found IS NULL THEN RAISE EXCEPTION 'no tenant' USING ERRCODE = '42501'; END IF; RETURN found::bigint; END $$;
            CREATE POLICY p ON t USING (tenant_id = (SELECT current_tenant()));
            """),
        Policies("shared rows that are only read", "CREATE POLICY a ON t FOR SELECT USING (tenant_id = $cur OR tenant_id IS NULL); "
            + "CREATE POLICY b ON t FOR INSERT WITH CHECK (tenant_id = $cur);") with { Table = "tenant_id bigint, id bigint" },
        Policies("a shared tenant that is only read", "CREATE POLICY a ON t FOR SELECT USING (tenant_id = $cur OR tenant_id = 77); "
            + "CREATE POLICY b ON t FOR INSERT WITH CHECK (tenant_id = $cur);"),
    ];

    private static LabelledPolicy Safe(string name, string expression, string? table = null) =>
        LabelledPolicy.Using(name, PolicyVerdict.Safe, expression, table);

    private static LabelledPolicy Policies(string name, string sql) => new(name, PolicyVerdict.Safe, sql);
}
