namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>Our own schema holds, whoever connects.</summary>
public sealed class OwnSchemaProbeTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    [Fact]
    public async Task A_superuser_finds_nothing_in_our_schema()
    {
        var report = await new IsolationProbe(database.ConnectionString).RunAsync(null, Sql.Cancel);
        report.Breaches.Select(breach => $"{breach.ObjectName} {breach.Attack}: {breach.Statement}").Should().BeEmpty();
        report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
        report.Probed.Select(probed => probed.ObjectName).Should().Contain(["public.organizations", "public.invoices", "app.current_org_id()"])
            .And.NotContain("app.delete_tenant(target_id app.tenant_id)", "no tenant may call it");
        report.AttackCount.Should().BeGreaterThan(500);
    }

    [Fact]
    public async Task The_app_login_probes_with_its_own_rights()
    {
        var report = await new IsolationProbe(database.ConnectionString.As("app_user")).RunAsync(null, Sql.Cancel);
        report.Breaches.Select(breach => $"{breach.ObjectName} {breach.Attack}: {breach.Statement}").Should().BeEmpty();
        // No tenant may delete its organization, so the probe cannot either, and says so.
        report.Skipped.Should().OnlyContain(skipped => skipped.ObjectName == "public.organizations")
            .And.Contain(skipped => skipped.Reason.Contains("as a superuser"));
        report.AttackCount.Should().BeGreaterThan(300);
    }
}
