namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>A table counts as probed only where a tenant was seen to reach its own row.</summary>
public sealed class PositiveControlTests(PlainDatabase database) : IClassFixture<PlainDatabase>
{
    private const string Protected = PlainDatabase.Protected;

    [Theory]
    [InlineData("CREATE TABLE members (tenant_id bigint NOT NULL, user_id bigint NOT NULL); ALTER TABLE members ENABLE ROW LEVEL SECURITY;"
        + "GRANT SELECT ON members TO $web;"
        + "CREATE POLICY own ON members USING (user_id = nullif(current_setting('app.user', true), '')::bigint);"
        + "CREATE POLICY own ON t USING (tenant_id IN (SELECT m.tenant_id FROM members m "
        + "WHERE m.user_id = nullif(current_setting('app.user', true), '')::bigint))")]
    [InlineData("CREATE POLICY own ON t USING (current_setting('app.region', true) = 'eu')")]
    [InlineData("CREATE POLICY own ON t USING (tenant_id = nullif(current_setting('app.tennant', true), '')::bigint)")]
    [InlineData("CREATE POLICY own ON t USING (false)")]
    [InlineData("CREATE POLICY own ON t USING (tenant_id = current_setting('app.tennant')::bigint)")]
    [InlineData("CREATE POLICY own ON t USING (tenant_id = $cur); CREATE POLICY region ON t AS RESTRICTIVE USING (current_setting('app.region', true) = 'eu')")]
    public async Task A_table_whose_own_row_is_not_seen_is_not_probed(string policy)
    {
        var report = await database.ProbeAsync(Protected + policy);
        report.Breaches.Should().BeEmpty();
        report.Probed.Should().NotContain(probed => probed.ObjectName == "public.t");
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.t" && !skipped.IsAllowed
            && skipped.Reason.Contains("the tenant does not see its own row"));
    }

    [Theory]
    [InlineData("bigint", "app.tenant")]
    [InlineData("text", "app.tenant")]
    [InlineData("uuid", "app.tenant")]
    [InlineData("bigint", "request.customer_no")]
    public async Task A_table_whose_own_row_is_seen_and_written_is_probed(string type, string setting)
    {
        var report = await database.ProbeAsync(Protected.Replace("tenant_id bigint", "tenant_id " + type, StringComparison.Ordinal)
            + $"CREATE POLICY own ON t USING (tenant_id = (SELECT nullif(current_setting('{setting}', true), '')::{type}))",
            web => PlainDatabase.Options(web, setting));
        report.Breaches.Should().BeEmpty();
        report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
        report.Probed.Should().ContainSingle(probed => probed.ObjectName == "public.t" && probed.AttackCount > 50);
    }

    [Theory]
    [InlineData("insert", "CREATE POLICY own ON t USING (tenant_id = $cur); CREATE POLICY no ON t AS RESTRICTIVE FOR INSERT WITH CHECK (note = 'never')")]
    [InlineData("update", "CREATE POLICY own ON t USING (tenant_id = $cur); CREATE POLICY no ON t AS RESTRICTIVE FOR UPDATE USING (note = 'never')")]
    [InlineData("delete", "CREATE POLICY own ON t USING (tenant_id = $cur); CREATE POLICY no ON t AS RESTRICTIVE FOR DELETE USING (note = 'never')")]
    public async Task A_write_that_fails_for_the_tenants_own_row_is_not_probed(string command, string policies)
    {
        var report = await database.ProbeAsync(Protected + policies);
        report.Skipped.Should().ContainSingle().Which.Reason.Should().Contain($"the tenant cannot {command} its own row");
        report.Probed.Should().Contain(probed => probed.ObjectName == "public.t");
    }

    [Theory]
    [InlineData("CREATE POLICY own ON t FOR SELECT USING (tenant_id = $cur)")]
    [InlineData("CREATE POLICY own ON t FOR SELECT USING (tenant_id = $cur); CREATE POLICY add ON t FOR INSERT WITH CHECK (tenant_id = $cur)")]
    [InlineData("CREATE POLICY own ON t USING (tenant_id = $cur); REVOKE UPDATE, DELETE ON t FROM $web")]
    [InlineData("REVOKE ALL ON t FROM $web")]
    public async Task A_command_that_is_closed_to_the_role_needs_no_control(string sql)
    {
        var report = await database.ProbeAsync(Protected + sql);
        report.Breaches.Should().BeEmpty();
        report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
    }

    [Fact]
    public async Task A_child_table_that_cannot_be_filled_is_not_probed_where_the_app_reaches_it()
    {
        var report = await database.ProbeAsync(PlainDatabase.Sound + """
            ALTER TABLE t ADD UNIQUE (id);
            CREATE TABLE lines (t_id bigint NOT NULL REFERENCES t (id), n int CHECK (n * n = 4711), PRIMARY KEY (t_id, n)); GRANT SELECT ON lines TO $web;
            CREATE TABLE unreachable (t_id bigint NOT NULL REFERENCES t (id), n int CHECK (n * n = 4711), PRIMARY KEY (t_id, n));
            """);
        var skipped = report.Skipped.Should().ContainSingle().Which;
        (skipped.ObjectName, skipped.Reason.StartsWith("It could not be filled", StringComparison.Ordinal)).Should().Be(("public.lines", true));
        report.Probed.Should().ContainSingle(probed => probed.ObjectName == "public.t");
    }

    [Fact]
    public async Task A_view_that_shows_no_row_of_the_tenant_is_not_probed()
    {
        var report = await database.ProbeAsync(Protected + """
            CREATE POLICY own ON t USING (tenant_id = $cur);
            CREATE VIEW hidden WITH (security_invoker) AS SELECT tenant_id, id FROM t WHERE note = 'never'; GRANT SELECT ON hidden TO $web
            """);
        report.Skipped.Should().ContainSingle().Which.ObjectName.Should().Be("public.hidden");
    }

    [Fact]
    public async Task A_host_may_allow_it_with_a_reason()
    {
        var report = await database.ProbeAsync(Protected + "CREATE POLICY own ON t USING (false)",
            web => PlainDatabase.Options(web, allowlist: new IsolationAllowance("public.t", IsolationProbe.NotProbedRule, "Closed on purpose.")));
        report.Skipped.Should().OnlyContain(skipped => skipped.IsAllowed && skipped.Reason == "Closed on purpose.");
        report.Probed.Should().BeEmpty();
    }
}
