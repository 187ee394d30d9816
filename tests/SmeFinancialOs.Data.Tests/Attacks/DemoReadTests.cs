using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

public sealed class DemoReadTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [MemberData(nameof(ReadAttacks.OnB), MemberType = typeof(ReadAttacks))]
    public async Task Demo_cannot_read_a_tenants_rows(string attack)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Demo);
        var seen = await trial.TryAsync(attack);
        (seen.Shows(Seed.SecretOfA) || seen.Shows(Seed.SecretOfB)).Should().BeFalse();
    }

    [Fact]
    public async Task Demo_role_sees_the_demo_whatever_organization_is_set()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.Demo with { Organization = Seed.B });
        (await connection.ReadAsync("SELECT DISTINCT org_id FROM public.invoices")).Should().Equal(Seed.Demo);
        (await connection.ReadAsync("SELECT id FROM public.organizations")).Should().Equal(Seed.Demo);
    }

    [Fact]
    public async Task A_loose_demo_policy_would_show_everything()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Demo, without: "ALTER POLICY demo_read_only ON public.invoices USING (true)");
        (await trial.TryAsync("SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task Tenants_do_not_see_the_demos_rows()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.ScalarAsync<long>($"SELECT count(*) FROM public.invoices WHERE org_id = '{Seed.Demo}'")).Should().Be(0);
    }

    [Fact]
    public async Task The_demos_id_is_the_same_in_library_and_database()
    {
        (await fixture.TruthAsync<Guid>("SELECT app.demo_org_id()")).Should().Be(TenantContext.DemoOrganizationId).And.Be(Guid.Parse(Seed.Demo));
    }
}
