using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S5: a cast on the column keeps the policy from using the index. Asserted on the plan; time is not a fact of the schema.</summary>
public sealed class S05CastColumnTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    /// <summary>Sequential scans off: what is left is what the planner is able to do, however small the table.</summary>
    private const string AblePlan = "SET LOCAL enable_seqscan = off;";

    private const string IndexCondition = "\"(Index|Recheck) Cond\": \"[^\"]*org_id";

    [Fact]
    public async Task The_articles_policy_cannot_use_the_index()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + ArticleRecipe.Isolation + AblePlan);
        var plan = (await trial.TryAsync("EXPLAIN (FORMAT JSON) TABLE article.invoices")).Values.Single();
        plan.Should().NotMatchRegex(IndexCondition).And.MatchRegex("\"Filter\": \"[^\"]*org_id");
    }

    [Fact]
    public async Task Articles_policy_without_the_cast_can_use_the_index()
    {
        const string uuids = "CREATE POLICY org_isolation ON article.invoices "
            + "USING (org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid));";
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + uuids + AblePlan);
        (await trial.TryAsync("EXPLAIN (FORMAT JSON) TABLE article.invoices")).Values.Single().Should().MatchRegex(IndexCondition);
    }

    [Theory]
    [InlineData("TABLE public.invoices")]
    [InlineData("SELECT * FROM public.invoices ORDER BY issued_at DESC, id LIMIT 50")]
    [InlineData("SELECT sum(amount_cents) FROM public.invoices WHERE status = 'sent'")]
    [InlineData("UPDATE public.invoices SET status = 'void'")]
    public async Task Our_policy_uses_the_index(string sql)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: AblePlan);
        (await trial.TryAsync("EXPLAIN (FORMAT JSON) " + sql)).Values.Single().Should().MatchRegex(IndexCondition);
    }

    [Fact]
    public async Task The_first_page_of_a_list_comes_out_of_the_index_in_order()
    {
        // Nothing is sorted: the rows of idx_invoices_org are in the order that is asked for.
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA,
            without: AblePlan + "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off;");
        var plan = (await trial.TryAsync("EXPLAIN (FORMAT JSON) SELECT * FROM public.invoices ORDER BY issued_at DESC, id LIMIT 50")).Values.Single();
        plan.Should().Contain("\"idx_invoices_org\"").And.NotContain("\"Node Type\": \"Sort\"").And.NotContain("\"Node Type\": \"Incremental Sort\"");
    }
}
