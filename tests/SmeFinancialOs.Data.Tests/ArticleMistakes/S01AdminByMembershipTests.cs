using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S1: the app's login is a member of the admin role, and the policy asks for membership.</summary>
public sealed class S01AdminByMembershipTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Membership = """
        GRANT article_admin TO article_app;
        CREATE POLICY org_isolation ON article.invoices
            USING (org_id::text = current_setting('app.current_org_id', true) OR pg_has_role(current_user, 'article_admin', 'MEMBER'));
        """;

    private const string BecomeAdmin = "SELECT set_config('role', '{0}', true)";

    [Fact]
    public async Task The_articles_tenant_reads_everybody_without_asking_for_it()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + Membership);
        (await trial.TryAsync(ArticleRecipe.Secrets)).Values.Should().Equal(Seed.SecretOfA, Seed.SecretOfB, Seed.SecretOfDemo);
    }

    [Fact]
    public async Task With_the_policy_mended_the_articles_login_may_still_become_admin()
    {
        const string mended = ArticleRecipe.Isolation
            + "GRANT article_admin TO article_app; CREATE POLICY admins ON article.invoices TO article_admin USING (true);";
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + mended);
        (await trial.TryAsync(BecomeAdmin.Replace("{0}", "article_admin", StringComparison.Ordinal))).SqlState.Should().BeNull();
        (await trial.TryAsync(ArticleRecipe.Secrets)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task Our_tenant_reads_its_own_rows_and_cannot_become_admin()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.ReadAsync("SELECT DISTINCT org_id FROM public.invoices")).Should().Equal(Seed.A);
        (await connection.SqlStateOfAsync(BecomeAdmin.Replace("{0}", "admin_role", StringComparison.Ordinal))).Should().Be("42501");
        (await connection.ScalarAsync<bool>("SELECT pg_has_role('app_user', 'admin_role', 'MEMBER')")).Should().BeFalse();
    }
}
