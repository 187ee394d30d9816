using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S10: the table of the tenants themselves is not protected.</summary>
public sealed class S10OrganizationsTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Organizations = $"""
        CREATE TABLE article.organizations (id uuid PRIMARY KEY, name text);
        INSERT INTO article.organizations VALUES ('{Seed.A}', 'A'), ('{Seed.B}', 'B'), ('{Seed.Demo}', 'Demo');
        GRANT SELECT, UPDATE ON article.organizations TO article_app;
        """;

    [Fact]
    public async Task The_articles_tenant_lists_and_renames_all_customers()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + ArticleRecipe.Isolation + Organizations);
        (await trial.TryAsync("SELECT name FROM article.organizations ORDER BY 1")).Values.Should().Equal("A", "B", "Demo");
        (await trial.Connection.RunAsync("UPDATE article.organizations SET name = 'stolen'")).Should().Be(3);
    }

    [Fact]
    public async Task Our_tenant_lists_its_own_organization_alone()
    {
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
        {
            (await trial.TryAsync("SELECT name FROM public.organizations")).Values.Should().Equal("A");
            (await trial.Connection.RunAsync("UPDATE public.organizations SET name = 'stolen'")).Should().Be(1);
            (await trial.OthersWereChangedAsync()).Should().BeFalse();
        }

        await using var open = await Attack.StartAsync(fixture, Actor.TenantA, without: "ALTER TABLE public.organizations DISABLE ROW LEVEL SECURITY");
        (await open.TryAsync("SELECT name FROM public.organizations ORDER BY 1")).Values.Should().Equal("A", "B", "Demo");
    }
}
