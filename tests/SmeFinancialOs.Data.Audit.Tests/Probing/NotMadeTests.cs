namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>A statement that fails for reasons of its own is no refusal: it is counted as not made, with its reason.</summary>
public sealed class NotMadeTests(PlainDatabase database) : IClassFixture<PlainDatabase>
{
    private const string Sound = PlainDatabase.Sound;

    [Theory]
    [InlineData("42P17", PlainDatabase.Protected + "CREATE POLICY own ON t USING (tenant_id IN (SELECT m.tenant_id FROM t m "
        + "WHERE m.tenant_id = $cur))")]
    [InlineData("22P02", PlainDatabase.Protected + "CREATE POLICY own ON t USING (tenant_id = (SELECT ('x' || "
        + "current_setting('app.tenant', true))::bigint))")]
    [InlineData("55000", Sound + "ALTER TABLE t REPLICA IDENTITY NOTHING; CREATE PUBLICATION p FOR TABLE t")]
    [InlineData("42P10", Sound + "ALTER TABLE t ADD doubled bigint GENERATED ALWAYS AS (id * 2) STORED NOT NULL;"
        + "CREATE UNIQUE INDEX i ON t (doubled, tenant_id);"
        + "ALTER TABLE t REPLICA IDENTITY USING INDEX i; CREATE PUBLICATION p FOR TABLE t WHERE (note = 'a')")]
    public async Task An_error_that_is_no_refusal_is_named_and_fails_the_probe(string state, string sql)
    {
        var report = await database.ProbeAsync(sql);
        report.Breaches.Should().BeEmpty();
        report.IsClean.Should().BeFalse();
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.t" && skipped.Reason.Contains(state));
        report.Skipped.Should().HaveCountLessThan(10);
    }

    [Fact]
    public async Task A_replica_identity_that_refuses_updates_skips_those_attacks_on_18()
    {
        // 18 can publish generated columns, and refuses an UPDATE whose replica identity has an unpublished one.
        var report = await database.ProbeAsync(Sound + "ALTER TABLE t ADD doubled bigint GENERATED ALWAYS AS (id * 2) STORED;"
            + "ALTER TABLE t REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE t");
        report.Breaches.Should().BeEmpty();
        if (report.ServerVersion.Major < 18)
            report.IsClean.Should().BeTrue();
        else
            report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.t" && skipped.Reason.Contains("42P10"));
    }

    [Fact]
    public async Task What_nobody_can_do_is_counted_and_is_no_finding()
    {
        var report = await database.ProbeAsync(Sound + "CREATE VIEW counted WITH (security_invoker) AS SELECT tenant_id, count(*) FROM t GROUP BY 1;"
            + "GRANT ALL ON counted TO $web");
        report.IsClean.Should().BeTrue(string.Join('\n', report.Skipped.Select(skipped => skipped.Reason)));
        report.NotMade.Should().Contain(attack => attack.ObjectName == "public.counted" && attack.Count > 1 && attack.Attacks.Contains("update"));
        report.HeldCount.Should().Be(report.AttackCount);
    }

    [Fact]
    public async Task A_trigger_that_refuses_everybody_proves_nothing()
    {
        var report = await database.ProbeAsync(Sound + """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'rows are final'; END $$;
            CREATE TRIGGER final BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION refuse()
            """);
        report.Skipped.Should().ContainSingle().Which.Reason.Should().Contain("cannot update its own row").And.Contain("rows are final (P0001)");
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "DELETE FROM transfers;")]
    [InlineData(false, "DROP POLICY deletes ON tenants;")]
    public async Task A_key_of_existing_rows_of_the_demo_proves_nothing(bool isUnclear, string sql)
    {
        var report = await database.ProbeAsync("""
            CREATE TABLE tenants (tenant_id bigint PRIMARY KEY, name text); INSERT INTO tenants VALUES (42, 'demo');
            ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, DELETE ON tenants TO $web, $other;
            ALTER ROLE $web NOINHERIT; GRANT $other TO $web;
            CREATE POLICY own ON tenants TO $web USING (tenant_id = $cur AND tenant_id <> 42);
            CREATE POLICY reads ON tenants FOR SELECT TO $other USING (tenant_id = 42);
            CREATE POLICY deletes ON tenants FOR DELETE TO $other USING (tenant_id = 42);
            CREATE TABLE transfers (sender bigint REFERENCES tenants, receiver bigint REFERENCES tenants); INSERT INTO transfers VALUES (42, 42);
            """ + sql, web => new()
        {
            TenantColumn = "tenant_id",
            TenantTable = "public.tenants",
            TenantSetting = "app.tenant",
            AppLogins = [web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
            DemoRoles = [$"other_{web}"],
            DemoTenant = "42",
        });
        if (sql.StartsWith("DELETE", StringComparison.Ordinal))
            report.Breaches.Should().ContainSingle().Which.Attack.Should().Be("delete");
        else
            report.Breaches.Should().BeEmpty();
        report.Skipped.Any(skipped => skipped.ObjectName == "public.tenants" && skipped.Reason.StartsWith("delete", StringComparison.Ordinal)
            && skipped.Reason.Contains("23503")).Should().Be(isUnclear, string.Join('\n', report.Skipped.Select(skipped => skipped.Reason)));
    }
}
