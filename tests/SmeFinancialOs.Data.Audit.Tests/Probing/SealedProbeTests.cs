using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>
/// Where contexts are sealed the probe signs as a host does. It also attacks with the victim in the setting, beside the attacker's own token.
/// </summary>
public sealed class SealedProbeTests(SealedProbeTests.Database database) : IClassFixture<SealedProbeTests.Database>
{
    private const string Plain = "org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid)";

    [PartFact]
    public async Task A_superuser_finds_nothing_and_leaves_no_key()
    {
        var keys = new ContextSealKeys(database.ConnectionString);
        var before = await keys.ListAsync(Sql.Cancel);
        var report = await new IsolationProbe(database.ConnectionString, database.Options).RunAsync(null, Sql.Cancel);
        AssertHeld(report);
        report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
        (await keys.ListAsync(Sql.Cancel)).Should().Equal(before);
    }

    [PartFact]
    public async Task The_app_login_probes_with_the_key_of_a_host()
    {
        var keys = new ContextSealKeys(database.ConnectionString);
        var login = database.ConnectionString.As(database.Options.AppLogins[0]);
        (await new IsolationProbe(login, database.Options).Awaiting(probe => probe.RunAsync(null, Sql.Cancel)).Should().ThrowAsync<IsolationProbeException>())
            .WithMessage("*cannot sign*SealKey*");

        var key = await keys.AddAsync(Sql.Cancel);
        AssertHeld(await new IsolationProbe(login, database.Signing(key)).RunAsync(null, Sql.Cancel));

        (await new IsolationProbe(login, database.Signing($"00000000:{key[9..]}")).Awaiting(probe => probe.RunAsync(null, Sql.Cancel))
            .Should().ThrowAsync<IsolationProbeException>())
            .WithMessage("*no key that is in force has signed it (28000)*");
    }

    [PartFact]
    public void A_key_that_is_none_is_refused_and_not_quoted()
    {
        var probe = () => new IsolationProbe(database.ConnectionString, database.Signing("my secret"));
        probe.Should().Throw<ArgumentException>().Which.Message.Should().Contain("sme-data seal add").And.NotContain("my secret");
    }

    [PartTheory]
    [InlineData($"ALTER POLICY tenant_isolation ON items USING ({Plain}) WITH CHECK ({Plain})")]
    [InlineData("CREATE OR REPLACE VIEW app_seal.context WITH (security_barrier) AS "
        + "SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid AS tenant_org_id, NULL::uuid AS demo_org_id, true AS is_admin")]
    [InlineData("CREATE FUNCTION mine() RETURNS SETOF items LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp "
        + $"AS $f$ SELECT * FROM public.items WHERE {Plain} $f$; GRANT EXECUTE ON FUNCTION mine() TO $tenant")]
    public async Task What_still_believes_the_plain_setting_is_a_breach(string hole)
    {
        var report = await database.ProbeAsync(hole);
        report.Breaches.Should().NotBeEmpty();
    }

    private static void AssertHeld(IsolationReport report)
    {
        report.Breaches.Select(breach => $"{breach.ObjectName} {breach.Attack}: {breach.Statement}").Should().BeEmpty();
        report.Skipped.Where(skipped => skipped.ObjectName == "public.items").Select(skipped => skipped.Reason).Should().BeEmpty();
        report.Probed.Should().Contain(probed => probed.ObjectName == "public.items" && probed.AttackCount > 100);
    }

    public sealed class Database : HoleDatabase
    {
        protected override bool IsSealed => true;

        internal IsolationProbeOptions Signing(string key) =>
            new() { AppLogins = Options.AppLogins, TenantRoles = Options.TenantRoles, DemoRoles = Options.DemoRoles, SealKey = key };
    }
}
