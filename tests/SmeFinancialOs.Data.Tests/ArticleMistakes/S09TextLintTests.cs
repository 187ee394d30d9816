using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S9: a lint that searches the text of a migration for "ROW LEVEL SECURITY".</summary>
public sealed class S09TextLintTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Unprotected = """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = '{0}'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1
        """;

    public static TheoryData<string, string> Migrations => new()
    {
        {
            "CREATE TABLE article.forgotten (org_id uuid NOT NULL);",
            "forgotten"
        },
        {
            "ALTER TABLE article.protected RENAME TO renamed; ALTER TABLE article.renamed NO FORCE ROW LEVEL SECURITY;",
            "renamed"
        },
        {
            "ALTER TABLE article.protected DISABLE ROW LEVEL SECURITY;",
            "protected"
        },
        {
            "-- ROW LEVEL SECURITY: later\nCREATE TABLE article.later (org_id uuid NOT NULL);",
            "later"
        },
        {
            "CREATE TABLE article.copy (LIKE article.protected INCLUDING ALL);",
            "copy"
        },
    };

    [Theory]
    [MemberData(nameof(Migrations))]
    public async Task The_articles_lint_accepts_a_file_whose_tables_the_catalog_shows_to_be_open(string migration, string open)
    {
        var file = $"""
            CREATE SCHEMA article;
            CREATE TABLE article.protected (org_id uuid NOT NULL);
            ALTER TABLE article.protected ENABLE ROW LEVEL SECURITY;
            ALTER TABLE article.protected FORCE ROW LEVEL SECURITY;
            {migration}
            """;
        file.Contains("ROW LEVEL SECURITY", StringComparison.OrdinalIgnoreCase).Should().BeTrue("this is all the article's lint asks");

        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.Superuser, without: file);
        (await trial.TryAsync(Unprotected.Replace("{0}", "article", StringComparison.Ordinal))).Values.Should().Equal(open);
    }

    [Fact]
    public async Task The_catalog_shows_no_open_table_of_ours()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync(Unprotected.Replace("{0}", "public", StringComparison.Ordinal))).Should().BeEmpty();
        (await superuser.ReadAsync("SELECT relname FROM pg_class WHERE oid = 'public.organizations'::regclass AND relrowsecurity AND relforcerowsecurity"))
            .Should().Equal("organizations");
    }
}
