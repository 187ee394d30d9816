using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S3: the demo's ban covers INSERT alone.</summary>
public sealed class S03DemoWritesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    /// <summary>Even as it should have been, RESTRICTIVE.</summary>
    private const string Ban = $"CREATE POLICY demo_no_writes ON article.invoices AS RESTRICTIVE FOR INSERT WITH CHECK (org_id <> '{Seed.Demo}');";

    public static TheoryData<string> Writes => ["UPDATE {0} SET {1} = 'vandalized'", "DELETE FROM {0}"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task The_articles_demo_updates_and_deletes(string write)
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfDemo, without: ArticleRecipe.Tables + ArticleRecipe.Isolation + Ban);
        (await trial.TryAsync($"INSERT INTO article.invoices VALUES (9, '{Seed.Demo}', 'planted')")).SqlState.Should().Be("42501");
        (await trial.TryAsync(write.Replace("{0}", "article.invoices", StringComparison.Ordinal).Replace("{1}", "secret", StringComparison.Ordinal))).SqlState
            .Should().BeNull();
        (await trial.TryAsync(ArticleRecipe.Secrets)).Values.Should().NotContain(Seed.SecretOfDemo);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Our_demo_can_neither_update_nor_delete(string write)
    {
        var attack = write.Replace("{0}", "public.invoices", StringComparison.Ordinal).Replace("{1}", "customer_name", StringComparison.Ordinal);
        await using (var connection = await fixture.OpenAsAsync(Actor.Demo))
            (await connection.SqlStateOfAsync(attack)).Should().Be("42501");

        var session = fixture.Factory.CreateSession(TenantContext.Demo);
        await session.Invoking(s => s.ExecuteAsync(attack, cancellationToken: TestContext.Current.CancellationToken))
            .Should().ThrowAsync<DemoReadOnlyException>();
        (await session.ExecuteScalarAsync<long>("SELECT count(*) FROM public.invoices", cancellationToken: TestContext.Current.CancellationToken))
            .Should().Be(Seed.InvoicesEach);
    }
}
