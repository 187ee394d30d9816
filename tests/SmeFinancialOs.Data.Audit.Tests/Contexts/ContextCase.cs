namespace SmeFinancialOs.Data.Audit.Tests.Contexts;

/// <summary>
/// Policies of a host with a context of its own, and the verdict of the table t. Sql runs in a schema of its own; $web is the login of the app, $protect
/// enables and forces row-level security on t and grants it.
/// </summary>
internal sealed record ContextCase(string Name, PolicyVerdict Verdict, string Context, string Sql)
{
    private const string Claims = "set_config('request.jwt.claims', json_build_object('sub', :user, 'tenant', :tenant)::text, true)";
    private const string ClaimOf = "(nullif(current_setting('request.jwt.claims', true), '')::json ->> '";
    private const string TenantClaim = ClaimOf + "tenant')::bigint";
    private const string User = "set_config('app.user', :user, true)";
    private const string Me = "nullif(current_setting('app.user', true), '')::bigint";
    private const string Both = "set_config('app.org', :tenant, true), set_config('app.tenant', :tenant_id, true)";
    private const string Org = "(SELECT nullif(current_setting('app.org', true), '')::bigint)";
    private const string Tenant = "(SELECT nullif(current_setting('app.tenant', true), '')::bigint)";
    private const string Plain = "CREATE TABLE t (org_id bigint NOT NULL, id bigint, owner_id bigint, PRIMARY KEY (org_id, id)); $protect ";
    private const string Nested = "CREATE TABLE t (org_id bigint NOT NULL, tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (org_id, id)); $protect ";
    private const string Upper = "CREATE TABLE t (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)); $protect ";

    private const string Members = Plain + "CREATE TABLE members (org_id bigint NOT NULL, user_id bigint NOT NULL, PRIMARY KEY (org_id, user_id)); "
        + "GRANT SELECT ON members TO $web; ALTER TABLE members ENABLE ROW LEVEL SECURITY; ALTER TABLE members FORCE ROW LEVEL SECURITY; "
        + $"CREATE POLICY mine ON members FOR SELECT USING (user_id = {Me}); ";

    private const string OfMembers = "SELECT m.org_id FROM members m";

    private const string ByMember = "CREATE POLICY p ON t USING (is_member(org_id))";

    private const string AuthUid = """
        CREATE FUNCTION uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
            (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $$;
        CREATE TABLE t (org_id uuid NOT NULL, id bigint, PRIMARY KEY (org_id, id)); $protect
        CREATE TABLE members (org_id uuid NOT NULL, user_id uuid NOT NULL, PRIMARY KEY (org_id, user_id)); GRANT SELECT ON members TO $web;
        ALTER TABLE members ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON members FOR SELECT USING (user_id = (SELECT uid()));
        """;

    private const string Enter = """
        CREATE FUNCTION enter(tenant bigint) RETURNS void LANGUAGE sql AS $$ SELECT set_config('app.org', tenant::text, true) $$;
        """;

    public string[] OtherTenantColumns { get; init; } = [];

    public string Table { get; init; } = "t";

    public bool HasMembers => Sql.Contains("CREATE TABLE members", StringComparison.Ordinal);

    internal static IReadOnlyList<ContextCase> All { get; } =
    [
        new("a claim", PolicyVerdict.Safe, Claims, Plain + $"CREATE POLICY p ON t USING (org_id = {TenantClaim})"),
        new("a claim of another name", PolicyVerdict.NotJudged, Claims, Plain + $"CREATE POLICY p ON t USING (org_id = {ClaimOf}org')::bigint)"),
        new("the user's claim as the tenant", PolicyVerdict.Hole, Claims, Plain + $"CREATE POLICY p ON t USING (org_id = {ClaimOf}sub')::bigint)"),
        new("a claim or nothing", PolicyVerdict.Hole, Claims, Plain + $"CREATE POLICY p ON t USING (org_id = {TenantClaim} OR {TenantClaim} IS NULL)"),
        new("a claim or the default tenant", PolicyVerdict.Hole, Claims, Plain + $"CREATE POLICY p ON t USING (org_id = coalesce({TenantClaim}, 7))"),
        new("a claim or a claim that nobody can judge", PolicyVerdict.NotJudged, Claims,
            Plain + $"CREATE POLICY p ON t USING (org_id = {TenantClaim} OR {ClaimOf}role') = 'admin')"),
        new("a claim or a flag", PolicyVerdict.Hole, Claims,
            Plain + $"CREATE POLICY p ON t USING (org_id = {TenantClaim} OR current_setting('app.bypass', true) = 'on')"),
        new("a claim that is only asked to be there", PolicyVerdict.Hole, Claims, Plain + $"CREATE POLICY p ON t USING ({TenantClaim} IS NOT NULL)"),
        new("claims that the host nests", PolicyVerdict.Safe,
            "set_config('request.jwt.claims', json_build_object('app_metadata', json_build_object('tenant', :tenant))::text, true)",
            Plain
                + "CREATE POLICY p ON t USING (org_id = (nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata' ->> 'tenant')"
            + "::bigint)"),
        new("a function of the host's sets the tenant", PolicyVerdict.Safe, "$schema.enter(:tenant)",
            Enter + Plain + $"CREATE POLICY p ON t USING (org_id = {Org})"),
        new("a setting that the host's function does not set", PolicyVerdict.Hole, "$schema.enter(:tenant)",
            Enter + Plain + $"CREATE POLICY p ON t USING (org_id = {Tenant})"),

        new("the tenants of the user", PolicyVerdict.Safe, User, Members + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = {Me}))"),
        new("the tenants of the user by EXISTS", PolicyVerdict.Safe, User,
            Members + $"CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM members m WHERE m.org_id = t.org_id AND m.user_id = {Me}))"),
        new("the tenants of the user, by ANY of an array", PolicyVerdict.NotJudged, User,
            Members + $"CREATE POLICY p ON t USING (org_id = ANY (ARRAY({OfMembers} WHERE m.user_id = {Me})))"),
        new("the tenants of the user or the user's own rows", PolicyVerdict.Hole, User,
            Members + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = {Me}) OR owner_id = {Me})"),
        new("the tenants of anybody", PolicyVerdict.Hole, User, Members + "CREATE POLICY everybody ON members FOR SELECT USING (true);"
            + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers}))"),
        new("the tenants of the row's owner", PolicyVerdict.Hole, User, Members + "CREATE POLICY everybody ON members FOR SELECT USING (true);"
            + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = t.owner_id))"),
        new("the tenants of a fixed user", PolicyVerdict.Hole, User, Members + "CREATE POLICY everybody ON members FOR SELECT USING (true);"
            + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = 22))"),
        new("the tenants of a user that no context names", PolicyVerdict.NotJudged, User, Members
            + "CREATE POLICY everybody ON members FOR SELECT USING (true);"
            + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = nullif(current_setting('app.person', true), '')::bigint))"),
        new("all memberships that the user sees", PolicyVerdict.Safe, User, Members + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers}))"),
        new("memberships that the user can insert", PolicyVerdict.Hole, User, Members + "GRANT INSERT ON members TO $web;"
            + $"CREATE POLICY i ON members FOR INSERT WITH CHECK (user_id = {Me});"
            + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = {Me}))"),
        new("memberships that the user can change", PolicyVerdict.NotJudged, User, Members + "GRANT UPDATE ON members TO $web;"
            + $"CREATE POLICY u ON members FOR UPDATE USING (user_id = {Me}) WITH CHECK (user_id = {Me});"
            + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = {Me}))"),
        new("memberships by a function of the user's claim", PolicyVerdict.Safe, Claims,
            AuthUid + $"CREATE POLICY p ON t USING (org_id IN ({OfMembers} WHERE m.user_id = (SELECT uid())))"),
        new("the memberships of the user", PolicyVerdict.Safe, User, Members) { Table = "members" },
        new("the memberships of the user's tenants", PolicyVerdict.Hole, User, Members + "CREATE POLICY all_of_them ON members FOR SELECT USING (org_id > 0)")
            { Table = "members" },
        new("memberships that their user can insert", PolicyVerdict.Hole, User,
            Members + $"GRANT INSERT ON members TO $web; CREATE POLICY i ON members FOR INSERT WITH CHECK (user_id = {Me})") { Table = "members" },

        new("is_member with its owner's rights", PolicyVerdict.Safe, User, Members + IsMember($"m.org_id = tenant AND m.user_id = {Me}") + ByMember),
        new("is_member of a protected row's tenant by $1", PolicyVerdict.Safe, User, Members
            + IsMember($"org_id = $1 AND user_id = {Me}", "bigint") + ByMember),
        new("is_member with a standard body", PolicyVerdict.Safe, User, Members
            + "CREATE FUNCTION is_member(org_id bigint) RETURNS boolean LANGUAGE sql STABLE "
            + $"SECURITY DEFINER RETURN EXISTS (SELECT FROM members m WHERE m.org_id = is_member.org_id AND m.user_id = {Me});" + ByMember),
        new("is_member of a table that the search path names", PolicyVerdict.Safe, User, Members + "CREATE FUNCTION me() RETURNS bigint LANGUAGE sql STABLE "
            + $"AS $f$ SELECT {Me} $f$; CREATE FUNCTION is_member(tenant bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER "
            + "SET search_path = $schema, pg_temp AS $f$ SELECT EXISTS (SELECT 1 FROM Members AS M WHERE M.org_id = tenant AND user_id = me()) $f$;"
                + ByMember),
        new("is_member of the user in an argument", PolicyVerdict.Safe, User, Members
            + IsMember("m.org_id = tenant AND m.user_id = person", "tenant bigint, person bigint")
            + $"CREATE POLICY p ON t USING (is_member(org_id, {Me}))"),
        new("is_member of the row's owner", PolicyVerdict.Hole, User, Members
            + IsMember("m.org_id = tenant AND m.user_id = person", "tenant bigint, person bigint")
            + "CREATE POLICY p ON t USING (is_member(org_id, owner_id))"),
        new("is_member with arguments in the wrong order", PolicyVerdict.NotJudged, User, Members
            + IsMember("m.org_id = tenant AND m.user_id = person", "tenant bigint, person bigint")
            + $"CREATE POLICY p ON t USING (is_member({Me}, org_id))"),
        new("is_member or an old condition", PolicyVerdict.NotJudged, User, Members
            + IsMember($"m.org_id = tenant AND m.user_id = {Me} OR m.user_id * 3 = 4711") + ByMember),
        new("is_member of a table that the user can insert into", PolicyVerdict.Hole, User, Members + "GRANT INSERT ON members TO $web;"
            + $"CREATE POLICY i ON members FOR INSERT WITH CHECK (user_id = {Me});" + IsMember($"m.org_id = tenant AND m.user_id = {Me}") + ByMember),
        new("is_member of a table that the user can change", PolicyVerdict.NotJudged, User, Members + "GRANT UPDATE ON members TO $web;"
            + $"CREATE POLICY u ON members FOR UPDATE USING (user_id = {Me}) WITH CHECK (user_id = {Me});"
            + IsMember($"m.org_id = tenant AND m.user_id = {Me}") + ByMember),
        new("a set of the user's tenants", PolicyVerdict.Safe, User, Members
            + MyTenants("SETOF bigint", $"SELECT m.org_id FROM $schema.members m WHERE m.user_id = {Me}")
            + "CREATE POLICY p ON t USING (org_id IN (SELECT my_tenants()))"),
        new("a set of the user's tenants, in FROM", PolicyVerdict.Safe, User, Members
            + MyTenants("SETOF bigint", $"SELECT DISTINCT org_id FROM $schema.members WHERE user_id = {Me}")
            + "CREATE POLICY p ON t USING (org_id IN (SELECT my_tenants FROM my_tenants()))"),
        new("an array of the user's tenants", PolicyVerdict.NotJudged, User, Members
            + MyTenants("bigint[]", $"SELECT array_agg(m.org_id) FROM $schema.members m WHERE m.user_id = {Me}")
                + "CREATE POLICY p ON t USING (org_id = ANY (my_tenants()))"),
        new("an array of all tenants", PolicyVerdict.Hole, User, Members
            + MyTenants("bigint[]", "SELECT array_agg(m.org_id) FROM $schema.members m") + "CREATE POLICY p ON t USING (org_id = ANY (my_tenants()))"),
        new("the tenant in the user's profile", PolicyVerdict.Safe, User, Members
            + MyTenants("bigint", $"SELECT m.org_id FROM $schema.members m WHERE m.user_id = {Me} ORDER BY m.org_id LIMIT 1")
            + "CREATE POLICY p ON t USING (org_id = (SELECT my_tenants()))"),
        new("the tenant in the user's profile, not wrapped", PolicyVerdict.Safe, User, Members
            + MyTenants("bigint", $"SELECT m.org_id FROM $schema.members m WHERE m.user_id = {Me}") + "CREATE POLICY p ON t USING (org_id = my_tenants())"),
        new("any tenant", PolicyVerdict.Hole, User, Members
            + MyTenants("bigint", "SELECT m.org_id FROM $schema.members m") + "CREATE POLICY p ON t USING (org_id = my_tenants())"),
        new("the next tenant", PolicyVerdict.Hole, User, Members
            + MyTenants("bigint", $"SELECT m.org_id + 1 FROM $schema.members m WHERE m.user_id = {Me}") + "CREATE POLICY p ON t USING (org_id = my_tenants())"),
        new("all members of the user's tenants", PolicyVerdict.Safe, User, Members
            + MyTenants("SETOF bigint", $"SELECT m.org_id FROM $schema.members m WHERE m.user_id = {Me}")
            + "CREATE POLICY of_tenant ON members FOR SELECT USING (org_id IN (SELECT my_tenants()))") { Table = "members" },
        new("all members, through a function that does not ask whose", PolicyVerdict.Hole, User, Members
            + MyTenants("SETOF bigint", "SELECT m.org_id FROM $schema.members m")
            + "CREATE POLICY of_tenant ON members FOR SELECT USING (org_id IN (SELECT my_tenants()))") { Table = "members" },
        new("members by a function with the caller's rights", PolicyVerdict.NotJudged, User, Members

                + MyTenants("SETOF bigint", $"SELECT m.org_id FROM $schema.members m WHERE m.user_id = {Me}")
                    .Replace(" SECURITY DEFINER", "", StringComparison.Ordinal)
            + "CREATE POLICY of_tenant ON members FOR SELECT USING (org_id IN (SELECT my_tenants()))") { Table = "members" },
        new("is_member by a function that reads the user's role", PolicyVerdict.Safe, User, Members
            + MyTenants("SETOF bigint", $"SELECT m.org_id FROM $schema.members m WHERE m.user_id = {Me}")
            + "CREATE FUNCTION may_see(tenant bigint) RETURNS boolean LANGUAGE sql STABLE AS $f$ SELECT tenant IN (SELECT $schema.my_tenants()) $f$;"
            + "CREATE POLICY p ON t USING (may_see(org_id))"),

        new("an organization below a tenant", PolicyVerdict.Safe, Both, Nested + $"CREATE POLICY p ON t USING (org_id = {Org})")
            { OtherTenantColumns = ["tenant_id"] },
        new("an organization and its tenant", PolicyVerdict.Safe, Both, Nested + $"CREATE POLICY p ON t USING (org_id = {Org} AND tenant_id = {Tenant})")
            { OtherTenantColumns = ["tenant_id"] },
        new("an organization by the tenant's setting", PolicyVerdict.Hole, Both, Nested + $"CREATE POLICY p ON t USING (org_id = {Tenant})")
            { OtherTenantColumns = ["tenant_id"] },
        new("all organizations of the tenant", PolicyVerdict.Hole, Both, Nested + $"CREATE POLICY p ON t USING (tenant_id = {Tenant})")
            { OtherTenantColumns = ["tenant_id"] },
        new("a table of the tenant above", PolicyVerdict.Safe, Both, Upper + $"CREATE POLICY p ON t USING (tenant_id = {Tenant})")
            { OtherTenantColumns = ["tenant_id"] },
        new("a table of the tenant above by the organization's setting", PolicyVerdict.Hole, Both, Upper + $"CREATE POLICY p ON t USING (tenant_id = {Org})")
            { OtherTenantColumns = ["tenant_id"] },
        new("all organizations of the tenant, which is all that the context knows", PolicyVerdict.Safe, "set_config('app.tenant', :tenant_id, true)",
            Nested + $"CREATE POLICY p ON t USING (tenant_id = {Tenant})") { OtherTenantColumns = ["tenant_id"] },
        new("another name for the same tenant", PolicyVerdict.Safe, "set_config('app.org', :tenant, true)",
            Upper + $"CREATE POLICY p ON t USING (tenant_id = {Org})") { OtherTenantColumns = ["tenant_id"] },
    ];

    private static string IsMember(string condition, string parameters = "tenant bigint") => $"CREATE FUNCTION is_member({parameters}) RETURNS boolean "
        + $"LANGUAGE sql STABLE SECURITY DEFINER AS $f$ SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE {condition}) $f$;";

    private static string MyTenants(string type, string query) =>
        $"CREATE FUNCTION my_tenants() RETURNS {type} LANGUAGE sql STABLE SECURITY DEFINER AS $f$ {query} $f$;";
}
