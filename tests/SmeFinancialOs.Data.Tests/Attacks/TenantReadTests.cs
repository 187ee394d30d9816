using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

public sealed class TenantReadTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [MemberData(nameof(ReadAttacks.OnB), MemberType = typeof(ReadAttacks))]
    public async Task Tenant_cannot_read_another_tenants_rows(string attack)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync(attack)).Shows(Seed.SecretOfB).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(ReadAttacks.OnB), MemberType = typeof(ReadAttacks))]
    public async Task The_same_reads_leak_without_row_level_security(string attack)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA,
            without: "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY; ANALYZE public.invoices");
        (await trial.TryAsync(attack)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task Tenant_sees_its_own_rows_and_its_own_organization_alone()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.ReadAsync("SELECT DISTINCT org_id FROM public.invoices")).Should().Equal(Seed.A);
        (await connection.ReadAsync("SELECT count(*) FROM public.invoices")).Should().Equal("3");
        (await connection.ReadAsync("SELECT id FROM public.organizations")).Should().Equal(Seed.A);
    }

    [Fact]
    public async Task Copy_out_is_filtered_like_a_query()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        var copied = await connection.CopyOutAsync("COPY public.invoices TO STDOUT");
        copied.Should().Contain(Seed.SecretOfA).And.NotContain(Seed.SecretOfB).And.NotContain(Seed.SecretOfDemo);
        (await connection.CopyOutAsync("COPY (TABLE public.invoices) TO STDOUT")).Should().Be(copied);
    }

    [Theory]
    [InlineData("SELECT count(*) FROM public.invoices", "0")]
    [InlineData("SELECT count(*) FROM public.organizations", "0")]
    public async Task Tenant_role_without_an_organization_sees_nothing(string sql, string expected)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantOfNobody);
        (await connection.ReadAsync(sql)).Should().Equal(expected);
    }

    [Theory]
    [InlineData(Seed.A)]
    [InlineData(Seed.B)]
    [InlineData(Seed.Demo)]
    public async Task Tenant_role_without_an_organization_cannot_insert(string organization)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantOfNobody);
        (await connection.SqlStateOfAsync(Seed.Insert(organization))).Should().Be("42501");
    }
}
