using SmeFinancialOs.Data.Audit.Tests.Probing;

namespace SmeFinancialOs.Data.Audit.Tests.Contexts;

/// <summary>The probe acts for its tenants as the host does: with the host's context, for users that are members of them.</summary>
public sealed class ContextProbeTests(PlainDatabase database) : IClassFixture<PlainDatabase>
{
    private const string Claims = "set_config('request.jwt.claims', json_build_object('sub', :user, 'tenant', :tenant)::text, true)";
    private const string Claim = "(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'tenant')::bigint";
    private const string User = "set_config('app.user', :user, true)";
    private const string Me = "nullif(current_setting('app.user', true), '')::bigint";
    private const string Both = "set_config('app.org', :tenant, true), set_config('app.tenant', :upper_id, true)";
    private const string Protect = "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON t TO $web;";

    private const string Org = "nullif(current_setting('app.org', true), '')::bigint";
    private const string Upper = "nullif(current_setting('app.tenant', true), '')::bigint";
    private const string Nested = "CREATE TABLE t (tenant_id bigint NOT NULL, upper_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, upper_id, id));"
        + Protect;

    private const string Organizations = "CREATE TABLE uppers (id bigint PRIMARY KEY); CREATE TABLE organizations (upper_id bigint NOT NULL REFERENCES uppers, "
        + "id bigint PRIMARY KEY, UNIQUE (upper_id, id)); GRANT SELECT ON organizations TO $web; ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;"
        + $"CREATE POLICY own ON organizations USING (upper_id = {Upper}); ALTER TABLE uppers ENABLE ROW LEVEL SECURITY;"
        + "CREATE TABLE t (tenant_id bigint NOT NULL, upper_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, upper_id, id), "
        + "FOREIGN KEY (upper_id, tenant_id) REFERENCES organizations (upper_id, id), FOREIGN KEY (tenant_id) REFERENCES organizations);" + Protect;

    private const string Memberships = PlainDatabase.Protected + """
        CREATE TABLE users (id bigint PRIMARY KEY, name text);
        CREATE TABLE members (tenant_id bigint NOT NULL, user_id bigint NOT NULL REFERENCES users, PRIMARY KEY (tenant_id, user_id));
        ALTER TABLE members ENABLE ROW LEVEL SECURITY; ALTER TABLE members FORCE ROW LEVEL SECURITY; GRANT SELECT ON members TO $web;
        """ + $"CREATE POLICY mine ON members FOR SELECT USING (user_id = {Me});"
        + $"CREATE POLICY own ON t USING (tenant_id IN (SELECT m.tenant_id FROM members m WHERE m.user_id = {Me}));";

    [PartTheory]
    [InlineData(Claims, PlainDatabase.Protected + $"CREATE POLICY own ON t USING (tenant_id = {Claim})")]
    [InlineData("enter(:tenant)", PlainDatabase.Sound
        + "CREATE FUNCTION enter(bigint) RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.tenant', $1::text, true) $$")]
    [InlineData("set_config('role', '$other', true), set_config('app.tenant', :tenant, true)", PlainDatabase.Sound + "GRANT $other TO $web")]
    public async Task Tables_that_keep_to_the_context_are_probed_clean(string context, string sql) =>
        ShouldBeClean(await database.ProbeAsync(sql, web => Options(web, context)), "public.t");

    [PartFact]
    public async Task Tables_of_the_users_tenants_are_probed_clean() =>
        ShouldBeClean(await database.ProbeAsync(Memberships, web => Options(web, User, hasMembers: true)), "public.t", "public.members");

    [PartFact]
    public async Task An_organization_below_a_tenant_is_probed_clean() => ShouldBeClean(await database.ProbeAsync(
        "CREATE TABLE t (tenant_id bigint NOT NULL, upper_id uuid NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));" + Protect
        + "CREATE POLICY own ON t USING (tenant_id = nullif(current_setting('app.org', true), '')::bigint "
        + "AND upper_id = nullif(current_setting('app.tenant', true), '')::uuid);"
        + "CREATE TABLE plans (upper_id uuid NOT NULL, id bigint, PRIMARY KEY (upper_id, id)); GRANT SELECT, INSERT, UPDATE, DELETE ON plans TO $web;"
        + "ALTER TABLE plans ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON plans USING (upper_id = nullif(current_setting('app.tenant', true), '')::uuid)",
        web => Options(web, Both, "upper_id")), "public.t", "public.plans");

    [PartTheory]
    [InlineData("the tenant above alone", Both, "tenant_id", Nested + $"CREATE POLICY own ON t USING (upper_id = {Upper})")]
    [InlineData("the organizations of the tenant above", Both, "tenant_id", Organizations + $"CREATE POLICY own ON t USING (tenant_id IN "
        + $"(SELECT o.id FROM organizations o WHERE o.upper_id = {Upper}))")]
    [InlineData("writing by the tenant above", Both, "tenant_id", Nested + $"CREATE POLICY own ON t FOR SELECT USING (tenant_id = {Org});"
        + $"CREATE POLICY writes ON t FOR UPDATE USING (upper_id = {Upper})")]
    [InlineData("a child by the tenant above", Both, "tenant_id", Nested + $"CREATE POLICY own ON t USING (tenant_id = {Org} AND upper_id = {Upper});"
        + $"ALTER TABLE t ADD UNIQUE (id); CREATE TABLE lines (id bigint PRIMARY KEY, t_id bigint NOT NULL REFERENCES t (id)); GRANT SELECT ON lines TO $web")]
    [InlineData("the division alone", "set_config('app.org', :tenant, true), set_config('app.tenant', :upper_id, true), "
        + "set_config('app.division', :division_id, true)", "tenant_id", Nested + "ALTER TABLE t ADD division_id bigint NOT NULL;"
        + "CREATE POLICY own ON t USING (division_id = nullif(current_setting('app.division', true), '')::bigint)")]
    public async Task Another_organization_of_the_same_tenant_is_another_tenant(string name, string context, string column, string sql)
    {
        var report = await database.ProbeAsync(sql, web => Options(web, context, "upper_id", column: column, third: "division_id"));
        var breach = report.Breaches.Should().ContainSingle(name).Which;
        breach.ObjectName.Should().Be(name.StartsWith("a child", StringComparison.Ordinal) ? "public.lines" : "public.t");
        breach.Attack.Should().Be(name.StartsWith("writing", StringComparison.Ordinal) ? "update" : "select");
    }

    [PartTheory]
    [InlineData("an organization", Both, "tenant_id", Nested + $"CREATE POLICY own ON t USING (tenant_id = {Org})")]
    [InlineData("both", Both, "tenant_id", Nested + $"CREATE POLICY own ON t USING (tenant_id = {Org} AND upper_id = {Upper})")]
    [InlineData("an organization that is listed", Both, "tenant_id", Organizations + $"CREATE POLICY own ON t USING (tenant_id = {Org})")]
    [InlineData("the context knows the tenant above alone", "set_config('app.tenant', :upper_id, true)", "tenant_id",
        Nested + $"CREATE POLICY own ON t USING (upper_id = {Upper})")]
    [InlineData("all organizations of the tenant, which is named first", "set_config('app.tenant', :tenant, true)", "upper_id",
        Nested + $"CREATE POLICY own ON t USING (upper_id = {Upper})")]
    [InlineData("all organizations of the tenant, which is named first and set beside them", "set_config('app.tenant', :tenant, true), "
        + "set_config('app.org', :tenant_id, true)", "upper_id", Nested + $"CREATE POLICY own ON t USING (upper_id = {Upper})")]
    public async Task Organizations_that_keep_to_the_context_are_probed_clean(string name, string context, string column, string sql)
    {
        var report = await database.ProbeAsync(sql, web => Options(web, context, column == "upper_id" ? "tenant_id" : "upper_id", column: column));
        ShouldBeClean(report, "public.t");
        report.KeyOracles.Should().BeEmpty(name);
    }

    [PartTheory]
    [InlineData(Claims, PlainDatabase.Protected + $"CREATE POLICY own ON t USING (tenant_id = {Claim} OR {Claim} IS NULL)", "public.t")]
    [InlineData(Claims, PlainDatabase.Protected + $"CREATE POLICY own ON t USING ({Claim} IS NOT NULL)", "public.t")]
    [InlineData(User, Memberships + "CREATE POLICY everybody ON members FOR SELECT USING (true); ALTER POLICY own ON t USING (tenant_id IN "
        + "(SELECT m.tenant_id FROM members m))", "public.t")]
    [InlineData(User, Memberships + "GRANT INSERT ON members TO $web;"
        + $"CREATE POLICY join_any ON members FOR INSERT WITH CHECK (user_id = {Me})", "public.members")]
    [InlineData(User, Memberships + "GRANT UPDATE ON members TO $web;"
        + $"CREATE POLICY change ON members FOR UPDATE USING (user_id = {Me})", "public.members")]
    public async Task A_hole_behind_the_context_is_a_breach(string context, string sql, string table)
    {
        var report = await database.ProbeAsync(sql, web => Options(web, context, hasMembers: context == User));
        report.Breaches.Should().Contain(breach => breach.ObjectName == table);
    }

    [PartFact]
    public async Task A_policy_that_compares_an_organization_with_its_tenant_is_not_probed()
    {
        var report = await database.ProbeAsync(
            "CREATE TABLE t (tenant_id bigint NOT NULL, upper_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));" + Protect
            + "CREATE POLICY own ON t USING (tenant_id = nullif(current_setting('app.tenant', true), '')::bigint)", web => Options(web, Both, "upper_id"));
        report.Probed.Should().BeEmpty();
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.t");
    }

    [PartFact]
    public async Task A_claim_that_the_context_does_not_make_is_not_probed()
    {
        var report = await database.ProbeAsync(PlainDatabase.Protected + $"CREATE POLICY own ON t USING (tenant_id = {Claim})",
            web => Options(web, "set_config('request.jwt.claims', json_build_object('org', :tenant)::text, true)"));
        report.Probed.Should().BeEmpty();
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.t" && skipped.Reason.Contains("the tenant does not see its own row"));
    }

    [PartFact]
    public async Task A_context_that_cannot_be_set_is_an_error() =>
        (await FluentActions.Awaiting(() => database.ProbeAsync(PlainDatabase.Sound, web => Options(web, "no_such_function(:tenant)"))).Should()
            .ThrowAsync<TenantSchemaException>()).Which.Message.Should().StartWith("Context: ").And.Contain("no_such_function");

    [PartFact]
    public async Task A_membership_that_does_not_exist_is_an_error() =>
        await FluentActions.Awaiting(() => database.ProbeAsync(PlainDatabase.Sound, web => Options(web, User, hasMembers: true))).Should()
            .ThrowAsync<TenantSchemaException>();

    private static void ShouldBeClean(IsolationReport report, params string[] tables)
    {
        report.Breaches.Select(breach => $"{breach.ObjectName} {breach.Attack}: {breach.Statement}").Should().BeEmpty();
        report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
        report.Probed.Select(probed => probed.ObjectName).Should().Contain(tables);
    }

    private static IsolationProbeOptions Options(string web, string context, string? other = null, bool hasMembers = false,
        string column = "tenant_id", string? third = null) => new()
        {
            TenantColumn = column,
            OtherTenantColumns = other is null ? [] : third is null ? [other] : [third, other],
            Context = context.Replace("$other", $"other_{web}", StringComparison.Ordinal),
            Membership = hasMembers ? new("public.members", "user_id", "tenant_id") : null,
            AppLogins = [web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        };
}
