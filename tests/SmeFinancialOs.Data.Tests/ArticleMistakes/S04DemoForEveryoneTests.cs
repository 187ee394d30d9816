using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S4: the demo's rows are readable for everyone, so they are in everyone's lists and sums.</summary>
public sealed class S04DemoForEveryoneTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string DemoRead = $"CREATE POLICY demo_read_only ON article.invoices FOR SELECT USING (org_id = '{Seed.Demo}');";

    [Fact]
    public async Task The_articles_tenant_finds_the_demos_rows_among_its_own()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + ArticleRecipe.Isolation + DemoRead);
        (await trial.TryAsync(ArticleRecipe.Secrets)).Values.Should().Equal(Seed.SecretOfA, Seed.SecretOfDemo);
    }

    [Fact]
    public async Task The_articles_policy_shows_the_demo_to_a_session_without_a_tenant()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfNobody, without: ArticleRecipe.Tables + ArticleRecipe.Isolation + DemoRead);
        (await trial.TryAsync(ArticleRecipe.Secrets)).Values.Should().Equal(Seed.SecretOfDemo);
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
