using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S11: the id alone is the key, and foreign keys point at it.</summary>
public sealed class S11IdAloneTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Lines = """
        CREATE TABLE article.lines (org_id uuid NOT NULL, invoice_id int NOT NULL REFERENCES article.invoices (id));
        GRANT SELECT, INSERT ON article.lines TO article_app;
        """;

    [Fact]
    public async Task In_the_article_a_duplicate_tells_that_a_hidden_row_exists()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + ArticleRecipe.Isolation);
        (await trial.TryAsync($"INSERT INTO article.invoices VALUES (2, '{Seed.A}', 'probe')")).SqlState.Should().Be("23505");
        (await trial.TryAsync($"INSERT INTO article.invoices VALUES (99, '{Seed.A}', 'probe')")).SqlState.Should().BeNull();
    }

    [Fact]
    public async Task In_the_article_As_child_points_at_Bs_parent()
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA, without: ArticleRecipe.Tables + ArticleRecipe.Isolation + Lines);
        (await trial.TryAsync($"INSERT INTO article.lines VALUES ('{Seed.A}', 2)")).SqlState.Should().BeNull();
        (await trial.TryAsync($"INSERT INTO article.lines VALUES ('{Seed.A}', 99)")).SqlState.Should().Be("23503");
    }

    [Fact]
    public async Task Our_keys_accept_the_id_of_Bs_invoice_as_a_new_one_of_A()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        const string insert = $"INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, issued_at) "
            + $"VALUES ('{Seed.A}', '{Seed.InvoiceOfB}', 'B-1', 1, 'mine', '2026-01-01')";
        (await trial.TryAsync(insert)).SqlState.Should().BeNull();
        (await trial.OthersWereChangedAsync()).Should().BeFalse();
    }

    [Fact]
    public async Task Every_key_and_every_foreign_key_between_our_tenant_tables_carries_the_organization()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        const string sql = """
            SELECT c.conname FROM pg_constraint c
            WHERE c.conrelid = 'public.invoices'::regclass AND c.contype IN ('p', 'u', 'f')
              AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attname = 'org_id' AND a.attnum = ANY (c.conkey))
            """;
        (await superuser.ReadAsync(sql)).Should().BeEmpty();
    }
}
