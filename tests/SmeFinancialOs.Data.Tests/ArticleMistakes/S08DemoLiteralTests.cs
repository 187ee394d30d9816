using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S8: the demo's id is written down twice, differently, and is no uuid.</summary>
public sealed class S08DemoLiteralTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string InPolicy = "demo-public-uuid";
    private const string InCode = "demo-public-uuid-static";

    [Theory]
    [InlineData(InPolicy)]
    [InlineData(InCode)]
    public async Task The_articles_literals_are_no_uuids(string literal)
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.Superuser, without: ArticleRecipe.Tables);
        (await trial.TryAsync($"INSERT INTO article.invoices VALUES (9, '{literal}', 'demo')")).SqlState.Should().Be("22P02");
        (await trial.TryAsync($"CREATE POLICY demo_no_writes ON article.invoices FOR INSERT WITH CHECK (org_id <> '{literal}')")).SqlState.Should().Be("22P02");
    }

    [Fact]
    public async Task On_a_text_column_where_they_would_do_the_articles_literals_miss_each_other()
    {
        var scene = $"""
            CREATE SCHEMA article; CREATE ROLE article_app LOGIN; GRANT USAGE ON SCHEMA article TO article_app;
            CREATE TABLE article.invoices (org_id text, secret text); GRANT SELECT, INSERT ON article.invoices TO article_app;
            ALTER TABLE article.invoices ENABLE ROW LEVEL SECURITY;
            CREATE POLICY demo_no_writes ON article.invoices FOR INSERT WITH CHECK (org_id <> '{InPolicy}')
            """;
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: scene);
        (await trial.TryAsync($"INSERT INTO article.invoices VALUES ('{InCode}', 'written to the demo')")).SqlState.Should().BeNull();
    }

    [Fact]
    public async Task Our_demo_id_is_one_uuid_in_library_and_database()
    {
        (await fixture.TruthAsync<Guid>("SELECT app.demo_org_id()")).Should().Be(TenantContext.DemoOrganizationId);
        TenantContext.Demo.OrganizationId!.Value.ToGuid().Should().Be(TenantContext.DemoOrganizationId);
        var policies = "SELECT count(*) FROM pg_policies WHERE policyname LIKE 'demo%' AND coalesce(qual, '') || coalesce(with_check, '') "
            + "!~ 'app.(demo|current)_org_id\\(\\)'";
        (await fixture.TruthAsync<long>(policies)).Should().Be(0, "no policy has a literal of its own");
    }
}
