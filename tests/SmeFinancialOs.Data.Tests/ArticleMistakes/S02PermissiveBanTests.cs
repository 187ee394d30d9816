using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S2: a ban on writing to the demo as a permissive policy permits writing to everybody else.</summary>
public sealed class S02PermissiveBanTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Ban = $"CREATE POLICY demo_no_writes ON article.invoices FOR INSERT WITH CHECK (org_id <> '{Seed.Demo}');";
    private const string PlantInB = $"INSERT INTO article.invoices VALUES (9, '{Seed.B}', 'planted')";

    [Theory]
    [InlineData(Seed.A)]
    [InlineData("")]
    public async Task The_articles_ban_lets_a_tenant_or_nobody_insert_into_B(string organization)
    {
        await using (var isolated = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA with { Organization = organization },
            without: ArticleRecipe.Tables + ArticleRecipe.Isolation))
            (await isolated.TryAsync(PlantInB)).SqlState.Should().Be("42501", "the isolation policy alone refuses it");

        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA with { Organization = organization },
            without: ArticleRecipe.Tables + ArticleRecipe.Isolation + Ban);
        (await trial.TryAsync(PlantInB)).SqlState.Should().BeNull();
        await trial.BecomeAsync(ArticleRecipe.AppOfA with { Organization = Seed.B });
        (await trial.TryAsync(ArticleRecipe.Secrets)).Values.Should().Contain("planted");
    }

    [Theory]
    [InlineData(Seed.A)]
    [InlineData("")]
    public async Task Our_restrictive_policy_refuses_the_insert(string organization)
    {
        await using (var connection = await fixture.OpenAsAsync(Actor.TenantA with { Organization = organization }))
            (await connection.SqlStateOfAsync(Seed.Insert(Seed.B))).Should().Be("42501");

        const string permissive = "DROP POLICY demo_no_writes_insert ON public.invoices; CREATE POLICY demo_no_writes_insert ON public.invoices FOR INSERT "
            + "TO tenant_role WITH CHECK (org_id <> app.demo_org_id())";
        await using var loose = await Attack.StartAsync(fixture, Actor.TenantA with { Organization = organization }, without: permissive);
        (await loose.TryAsync(Seed.Insert(Seed.B))).SqlState.Should().BeNull("written like the article's, ours would leak too");
    }

    [Fact]
    public async Task Protect_table_refuses_a_permissive_policy_that_is_not_ours()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.Superuser, without: ArticleRecipe.Tables + Ban
            + "COMMENT ON COLUMN article.invoices.org_id IS 'tenant column: of the article'");
        (await trial.TryAsync("SELECT app.protect_table('article.invoices')")).SqlState.Should().Be("42710");
    }

    [Fact]
    public async Task Every_ban_of_ours_is_restrictive()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync("SELECT tablename || '.' || policyname FROM pg_policies WHERE policyname LIKE 'demo_no_writes%' "
            + "AND permissive <> 'RESTRICTIVE'")).Should().BeEmpty();
    }
}
