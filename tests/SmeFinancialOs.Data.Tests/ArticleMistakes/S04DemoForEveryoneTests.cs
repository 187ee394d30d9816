using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S4: the demo's rows are readable for everyone, so they are in everyone's lists and sums.</summary>
public sealed class S04DemoForEveryoneTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string DemoRead = $"CREATE POLICY demo_read_only ON article.invoices FOR SELECT USING (org_id = '{Seed.Demo}');";

    [Fact]
    public async Task The_articles_tenant_finds_the_demos_rows_among_its_own()
    {
        await using var trial = await Trial.StartAsync(fixture, Article.AppOfA, without: Article.Tables + Article.Isolation + DemoRead);
        (await trial.TryAsync(Article.Secrets)).Values.Should().Equal(Seed.SecretOfA, Seed.SecretOfDemo);
    }

    [Fact]
    public async Task And_so_does_nobody()
    {
        await using var trial = await Trial.StartAsync(fixture, Article.AppOfNobody, without: Article.Tables + Article.Isolation + DemoRead);
        (await trial.TryAsync(Article.Secrets)).Values.Should().Equal(Seed.SecretOfDemo);
    }

    [Fact]
    public async Task Our_tenant_lists_and_sums_its_own_rows_alone()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.ScalarAsync<decimal>("SELECT sum(amount_cents) FROM public.invoices")).Should().Be(101 + 102 + 103);
        await using var nobody = await fixture.OpenAsAsync(Actor.TenantOfNobody);
        (await nobody.ReadAsync("SELECT org_id FROM public.invoices")).Should().BeEmpty();
    }
}
