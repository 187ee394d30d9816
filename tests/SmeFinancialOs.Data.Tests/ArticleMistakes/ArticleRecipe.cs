using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>The reference article's recipe, built as it stands there in a trial's transaction and gone with it, roles included.</summary>
internal static class ArticleRecipe
{
    /// <summary>Three organizations' rows, forced row-level security, a login with all rights on the rows. No policy yet.</summary>
    public const string Tables = $"""
        CREATE SCHEMA article;
        CREATE ROLE article_app LOGIN NOINHERIT;
        CREATE ROLE article_admin NOLOGIN;
        CREATE TABLE article.invoices (id int PRIMARY KEY, org_id uuid NOT NULL, secret text NOT NULL);
        CREATE INDEX ON article.invoices (org_id);
        INSERT INTO article.invoices VALUES (1, '{Seed.A}', '{Seed.SecretOfA}'), (2, '{Seed.B}', '{Seed.SecretOfB}'), (3, '{Seed.Demo}', '{Seed.SecretOfDemo}');
        GRANT USAGE ON SCHEMA article TO article_app, article_admin;
        GRANT SELECT, INSERT, UPDATE, DELETE ON article.invoices TO article_app, article_admin;
        ALTER TABLE article.invoices ENABLE ROW LEVEL SECURITY;
        ALTER TABLE article.invoices FORCE ROW LEVEL SECURITY;
        """;

    public const string Isolation = "CREATE POLICY org_isolation ON article.invoices USING (org_id::text = current_setting('app.current_org_id', true));";

    public const string Secrets = "SELECT secret FROM article.invoices ORDER BY id";

    public static Actor AppOfA { get; } = new("article_app", null, Seed.A);

    public static Actor AppOfDemo { get; } = AppOfA with { Organization = Seed.Demo };

    public static Actor AppOfNobody { get; } = AppOfA with { Organization = "" };

    public static Actor Superuser { get; } = new(null, null, "");
}
