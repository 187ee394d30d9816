namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>One hole is one finding, under its right name.</summary>
public sealed class OneHoleTests(PlainDatabase database) : IClassFixture<PlainDatabase>
{
    private const string Sound = PlainDatabase.Sound;

    private const string Tenants = """
        CREATE TABLE tenants (tenant_id bigint PRIMARY KEY, name text);
        ALTER TABLE tenants ENABLE ROW LEVEL SECURITY; ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
        GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO $web; CREATE POLICY own ON tenants USING (tenant_id = $cur);
        """;

    private const string SignUp = Tenants + Sound + "ALTER TABLE t ADD FOREIGN KEY (tenant_id) REFERENCES tenants;"
        + "CREATE POLICY sign_up ON tenants FOR INSERT WITH CHECK (true);";

    [Fact]
    public async Task A_table_without_policies_is_one_breach_with_the_other_attacks_in_its_message()
    {
        var report = await database.ProbeAsync(Sound + "ALTER TABLE t DISABLE ROW LEVEL SECURITY");
        var breach = report.Breaches.Should().ContainSingle().Which;
        (breach.ObjectName, breach.Attack).Should().Be(("public.t", "select"));
        breach.Role.Should().StartWith("web_");
        breach.Attacks.Should().Contain(["select", "insert", "update", "delete", "lock", "copy to", "copy from", "merge"]);
        breach.Message.Should().MatchRegex(@"\d{2} statements got through: .*copy from");
    }

    [Fact]
    public async Task A_hole_for_two_roles_is_one_breach_for_each()
    {
        var report = await database.ProbeAsync(Sound + "GRANT SELECT ON t TO $other; GRANT $other TO $web; ALTER ROLE $other BYPASSRLS;"
            + "CREATE POLICY open ON t FOR SELECT TO $web USING (true)");
        report.Breaches.Select(breach => breach.Role[..4]).Should().BeEquivalentTo("web_", "othe");
    }

    [Fact]
    public async Task An_admin_role_is_not_attacked_and_named_once()
    {
        var report = await database.ProbeAsync(Tenants + Sound + "ALTER ROLE $web NOINHERIT; GRANT $other TO $web; GRANT ALL ON t, tenants TO $other;"
            + "CREATE POLICY admin ON t TO $other USING (true); CREATE POLICY admin ON tenants TO $other USING (true);",
            web => PlainDatabase.Options(web, adminRoles: [$"other_{web}"]));
        report.Roles.Should().ContainSingle().Which.Should().StartWith("web_");
        report.Skipped.Should().ContainSingle(skipped => skipped.Reason.Contains("login-may-become-admin"));
    }

    [Fact]
    public async Task A_key_oracle_is_no_row_that_was_reached()
    {
        var report = await database.ProbeAsync(Sound + "ALTER TABLE t ADD UNIQUE (note)");
        report.Breaches.Should().BeEmpty();
        report.IsClean.Should().BeFalse();
        report.KeyOracles.Should().ContainSingle(oracle => oracle.ObjectName == "public.t").Which.Message.Should().Contain("t_note_key");
    }

    [Fact]
    public async Task Sign_up_is_a_breach_unless_it_is_declared()
    {
        (await database.ProbeAsync(SignUp)).Breaches.Should().ContainSingle(breach => breach.ObjectName == "public.tenants" && breach.Attack == "insert");

        var report = await database.ProbeAsync(SignUp, web => PlainDatabase.Options(web, allowSignUp: true));
        report.IsClean.Should().BeTrue(string.Join('\n', report.Skipped.Select(skipped => skipped.Reason)));
        report.Probed.Should().Contain(probed => probed.ObjectName == "public.tenants");
    }

    [Theory]
    [InlineData("public.tenants", "select", "CREATE POLICY open ON tenants FOR SELECT USING (true)")]
    [InlineData("public.tenants", "update", "CREATE POLICY open ON tenants FOR UPDATE USING (true)")]
    [InlineData("public.tenants", "delete", "ALTER TABLE t DROP CONSTRAINT t_tenant_id_fkey; CREATE POLICY open ON tenants FOR DELETE USING (true)")]
    [InlineData("public.t", "insert", "CREATE POLICY open ON t FOR INSERT WITH CHECK (true)")]
    public async Task Declared_sign_up_hides_no_other_hole(string name, string attack, string hole)
    {
        var report = await database.ProbeAsync(SignUp + hole, web => PlainDatabase.Options(web, allowSignUp: true));
        report.Breaches.Should().Contain(breach => breach.ObjectName == name && breach.Attacks.Contains(attack));
    }

    [Fact]
    public async Task An_allowance_of_one_attack_leaves_the_others()
    {
        var report = await database.ProbeAsync(Sound + "ALTER TABLE t DISABLE ROW LEVEL SECURITY", web => PlainDatabase.Options(web,
            allowlist: new IsolationAllowance("public.t", IsolationProbe.BreachRule, "Everybody may read.", "select")));
        report.Breaches.Should().ContainSingle().Which.Attacks.Should().NotContain("select").And.Contain("delete");
        report.Skipped.Should().Contain(skipped => skipped.IsAllowed && skipped.Reason == "Everybody may read.");
    }
}
