namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>
/// Policies that read another table, and are only as good as that table. $me is the user's setting; members (tenant_id, user_id, role) and
/// orders (tenant_id, id, state) stand in each schema, without row-level security and without privileges.
/// </summary>
internal static class MembershipPolicies
{
    private const string OwnTenants = "SELECT m.tenant_id FROM members m WHERE m.user_id = $me";
    private const string ByMembership = $"CREATE POLICY p ON t USING (tenant_id IN ({OwnTenants}));";
    private const string ReadMembers = "GRANT SELECT ON members TO $web;";
    private const string ReadOrders = "GRANT SELECT ON orders TO $web;";
    private const string ProtectOrders = ReadOrders + "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; ALTER TABLE orders FORCE ROW LEVEL SECURITY; "
        + "CREATE POLICY o ON orders USING (tenant_id = $cur);";
    private const string ProtectMembers = "ALTER TABLE members ENABLE ROW LEVEL SECURITY; ALTER TABLE members FORCE ROW LEVEL SECURITY; "
        + "CREATE POLICY s ON members FOR SELECT USING (user_id = $me);";

    internal static IReadOnlyList<LabelledPolicy> All { get; } =
    [
        new("a membership that anybody can insert", PolicyVerdict.Hole, ReadMembers + "GRANT INSERT ON members TO $web;" + ByMembership),
        new("a membership that a user can insert for himself", PolicyVerdict.Hole, ReadMembers + "GRANT INSERT ON members TO $web;" + ProtectMembers
            + "CREATE POLICY i ON members FOR INSERT WITH CHECK (user_id = $me);" + ByMembership),
        new("a membership as owner that a user can insert for himself", PolicyVerdict.Hole, ReadMembers + "GRANT INSERT ON members TO $web;" + ProtectMembers
            + "CREATE POLICY i ON members FOR INSERT WITH CHECK (user_id = $me AND role = 'owner');"
            + $"CREATE POLICY p ON t USING (tenant_id IN ({OwnTenants} AND m.role = 'owner'));"),
        new("a membership with an id that a user can insert for himself", PolicyVerdict.Hole,
            "CREATE POLICY p ON t USING (tenant_id IN (SELECT s.tenant_id FROM staff s WHERE s.user_id = $me));")
        {
            Before = "CREATE TABLE staff (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, user_id bigint); GRANT SELECT, INSERT ON staff TO $web; "
                + "ALTER TABLE staff ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY s ON staff USING (user_id = $me);",
        },
        new("a membership that is not tied to the row", PolicyVerdict.Hole, ReadMembers + "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM members m "
            + "WHERE m.user_id = $me));"),
        new("the memberships of everybody", PolicyVerdict.Hole, ReadMembers + "CREATE POLICY p ON t USING (tenant_id IN (SELECT m.tenant_id FROM members m));"),
        new("the tenant exists", PolicyVerdict.Hole, ReadOrders + "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM orders x WHERE x.tenant_id = $cur));"),
        new("a parent that is not protected", PolicyVerdict.Hole,
            ReadOrders + "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM orders o WHERE o.id = t.id));"),
        new("a parent that is compared with itself", PolicyVerdict.Hole,
            ProtectOrders + "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM orders o WHERE o.tenant_id = o.tenant_id AND o.state <> 'x'));"),
        new("a membership or nothing", PolicyVerdict.Hole, ReadMembers + ProtectMembers
            + $"CREATE POLICY p ON t USING (tenant_id IN ({OwnTenants}) OR NOT EXISTS (SELECT 1 FROM members m));"),
        new("through a protected parent", PolicyVerdict.Safe, ProtectOrders
            + "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM orders o WHERE o.tenant_id = t.tenant_id AND o.id = t.id));"),
        new("the tenants of a protected table", PolicyVerdict.Safe,
            ProtectOrders + "CREATE POLICY p ON t USING (tenant_id IN (SELECT o.tenant_id FROM orders o));"),
        new("through a protected parent in a certain state", PolicyVerdict.Safe, ProtectOrders
            + "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM orders o WHERE o.tenant_id = t.tenant_id AND o.state = 'open'));"),
        new("the tenant and a membership", PolicyVerdict.Safe,
            ReadMembers + ProtectMembers + $"CREATE POLICY p ON t USING (tenant_id = $cur AND tenant_id IN ({OwnTenants}));"),
        new("the tenant and an unprotected parent", PolicyVerdict.Safe, ReadOrders
            + "CREATE POLICY p ON t USING (tenant_id = $cur AND EXISTS (SELECT 1 FROM orders o WHERE o.id = t.id));"),
        new("through a parent that has shared rows", PolicyVerdict.NotJudged, ReadOrders
            + "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; ALTER TABLE orders FORCE ROW LEVEL SECURITY; "
            + "CREATE POLICY o ON orders FOR SELECT USING (tenant_id = $cur OR tenant_id = 77);"
            + "CREATE POLICY p ON t USING (tenant_id IN (SELECT o.tenant_id FROM orders o));"),
        new("a membership that is only read", PolicyVerdict.NotJudged, ReadMembers + ProtectMembers + ByMembership),
        new("a membership without the privilege to read it", PolicyVerdict.NotJudged, ByMembership),
        new("a membership whose policy reads memberships", PolicyVerdict.NotJudged, ReadMembers + "ALTER TABLE members ENABLE ROW LEVEL SECURITY; "
            + "CREATE POLICY s ON members USING (tenant_id IN (SELECT m.tenant_id FROM members m WHERE m.user_id = $me));" + ByMembership),
        new("a membership in a function", PolicyVerdict.NotJudged, """
            CREATE FUNCTION is_member(tenant bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS
            $$ SELECT EXISTS (SELECT 1 FROM $schema.members m WHERE m.tenant_id = tenant AND m.user_id = $me) $$;
            CREATE POLICY p ON t USING (is_member(tenant_id));
            """),
    ];
}
