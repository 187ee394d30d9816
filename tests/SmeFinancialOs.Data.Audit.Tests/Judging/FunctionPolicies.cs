namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Policies that call functions which read tables. The membership cases that are safe name their table: see ContextCase.</summary>
internal static class FunctionPolicies
{
    private const string Mine = "SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me)";
    private const string ByMembership = "CREATE POLICY p ON t USING (is_member(tenant_id));";
    private const string ByTenants = "CREATE POLICY p ON t USING (tenant_id IN (SELECT my_tenants()));";
    private const string ProtectOrders = "GRANT SELECT ON orders TO $web; ALTER TABLE orders ENABLE ROW LEVEL SECURITY; "
        + "ALTER TABLE orders FORCE ROW LEVEL SECURITY; "
        + "CREATE POLICY o ON orders USING (tenant_id = $cur);";

    internal static IReadOnlyList<LabelledPolicy> All { get; } =
    [
        Hole("is_member forgets the user", IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant)") + ByMembership),
        Hole("is_member compares the parameter with itself",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE tenant = tenant AND m.user_id = $me)") + ByMembership),
        Hole("is_member has a parameter named like the column",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members WHERE tenant_id = tenant_id AND user_id = $me)", "tenant_id bigint") + ByMembership),
        Hole("is_member has a parameter named like the user's column",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND user_id = user_id)", "tenant bigint, user_id bigint")
            + "CREATE POLICY p ON t USING (is_member(tenant_id, $me));"),
        Hole("is_member for owners without parentheses",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me OR m.role = 'owner')") + ByMembership),
        Hole("is_member or a flag", IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = $1 AND m.user_id = $me) "
            + "OR current_setting('app.support', true) = 'on'") + ByMembership),
        Hole("is_member with a standard body that forgets the user",
            "CREATE FUNCTION is_member(tenant bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER "
            + "RETURN EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = tenant);" + ByMembership),
        Hole("is_member of whom nobody has blocked",
            IsMember("SELECT NOT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.role = 'blocked')")
            + ByMembership),
        Hole("is_member of a table that the user can insert into", "GRANT INSERT ON members TO $web;"
            + IsMember(Mine) + ByMembership),
        Hole("is_member with the caller's rights, of a table that the user can insert into", "GRANT SELECT, INSERT ON members TO $web;"

                + IsMember(Mine).ByCaller()
            + ByMembership),
        Hole("is_member of another schema", IsMember(Mine)
            + "CREATE SCHEMA $schema_2; GRANT USAGE ON SCHEMA $schema_2 TO $web;"

                + IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.user_id = $me)").Instead("is_member", "$schema_2.is_member")
            + "CREATE POLICY p ON t USING ($schema_2.is_member(tenant_id));"),
        Hole("the tenants of everybody", MyTenants("SELECT m.tenant_id FROM $schema.members m") + ByTenants),
        Hole("the tenants of everybody, in FROM",
            MyTenants("SELECT tenant_id FROM $schema.members") + "CREATE POLICY p ON t USING (tenant_id IN (SELECT x FROM my_tenants() AS x));"),
        Hole("the tenants of everybody, by a function that calls a function", MyTenants("SELECT m.tenant_id FROM $schema.members m")
            + IsMember("SELECT tenant IN (SELECT $schema.my_tenants())") + ByMembership),
        Hole("a default tenant where there is no membership",
            IsMember("SELECT coalesce((SELECT m.tenant_id FROM $schema.members m WHERE m.user_id = $me LIMIT 1), 7)", "")
            .Instead("boolean", "bigint") + "CREATE POLICY p ON t USING (tenant_id = (SELECT is_member()));"),
        Hole("a protected table that its owner reads",
            ProtectOrders + IsMember("SELECT EXISTS (SELECT 1 FROM $schema.orders o WHERE o.tenant_id = tenant)") + ByMembership),
        Hole("a table that is not forced, read by its owner", "CREATE ROLE owner_$schema_$web; GRANT USAGE ON SCHEMA $schema TO owner_$schema_$web; "
            + ProtectOrders + "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY; ALTER TABLE orders OWNER TO owner_$schema_$web;"
            + IsMember("SELECT EXISTS (SELECT 1 FROM $schema.orders o WHERE o.tenant_id = tenant)")
            + "ALTER FUNCTION is_member OWNER TO owner_$schema_$web;" + ByMembership),
        new("the tenant and is_member", PolicyVerdict.Safe,
            IsMember(Mine)
            + "CREATE POLICY p ON t USING (tenant_id = $cur AND is_member(tenant_id));"),
        new("a function over a protected table", PolicyVerdict.Safe, ProtectOrders
            + IsMember("SELECT EXISTS (SELECT 1 FROM $schema.orders o WHERE o.tenant_id = tenant AND (o.state = 'open' OR o.state IS NULL))")
                .ByCaller() + ByMembership),
        new("the tenants of a protected table by a function", PolicyVerdict.Safe,
            ProtectOrders + MyTenants("SELECT DISTINCT tenant_id FROM $schema.orders").ByCaller() + ByTenants),
        NotJudged("a membership in PL/pgSQL", "is written in plpgsql", """
            CREATE FUNCTION is_member(tenant bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS
            $$ BEGIN RETURN EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me); END $$;
            """),
        NotJudged("a table without a schema", "names members without a schema",
            IsMember("SELECT EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = tenant AND m.user_id = $me)")),
        NotJudged("a table without a schema that a temporary one may hide", "names members without a schema",
            IsMember("SELECT EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = tenant AND m.user_id = $me)")
                .Instead("AS $f$", "SET search_path = $schema AS $f$")),
        NotJudged("a function that calls itself", "calls itself",
            "SET check_function_bodies = off;"
            + IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me) OR $schema.is_member(tenant)")),
        NotJudged("a STRICT function of a column that may be NULL", "is STRICT",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.user_id = $me AND m.tenant_id = tenant)").Instead("STABLE", "STABLE STRICT"))
            with { Table = "tenant_id bigint, id bigint" },
        NotJudged("a function that the role may not call", "may not: every statement fails",
            IsMember(Mine)
                + "REVOKE ALL ON FUNCTION is_member FROM PUBLIC;"),
        NotJudged("a function that asks who runs it", "asks who runs it",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me AND current_user <> 'nobody')")),
        NotJudged("a range that ends in an equality", "more than one plain SELECT",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE (m.user_id = $me AND m.tenant_id BETWEEN 0 AND tenant))")),
        NotJudged("a function over a view", "no table",
            "CREATE VIEW v AS SELECT * FROM members;"
            + IsMember("SELECT EXISTS (SELECT 1 FROM $schema.v m WHERE m.tenant_id = tenant AND m.user_id = $me)")),
        NotJudged("a function that writes", "more than one plain SELECT",
            IsMember("INSERT INTO $schema.members VALUES (tenant, 7, 'x') RETURNING true").Instead("STABLE", "")),
        NotJudged("a function over more than one query", "more than one plain SELECT",
            IsMember("SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me "
                + "UNION SELECT 1 FROM $schema.members m WHERE m.user_id = -5)")),
    ];

    private static LabelledPolicy Hole(string name, string sql) => new(name, PolicyVerdict.Hole, sql);

    private static LabelledPolicy NotJudged(string name, string reason, string sql) =>
        new(name, PolicyVerdict.NotJudged, sql + ByMembership) { Reason = reason };

    private static string IsMember(string query, string parameters = "tenant bigint") =>
        $"CREATE FUNCTION is_member({parameters}) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $f$ {query} $f$;\n";

    private static string MyTenants(string query) =>
        $"CREATE FUNCTION my_tenants() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER AS $f$ {query} $f$;\n";

    private static string ByCaller(this string sql) => sql.Instead(" SECURITY DEFINER", "");

    private static string Instead(this string sql, string text, string other) => sql.Replace(text, other, StringComparison.Ordinal);
}
