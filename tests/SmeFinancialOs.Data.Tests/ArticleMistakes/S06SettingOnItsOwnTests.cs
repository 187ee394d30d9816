using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S6: a transaction-local setting in a statement of its own has ended before the query runs.</summary>
public sealed class S06SettingOnItsOwnTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Count = "SELECT count(*) FROM public.invoices";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_articles_two_statements_find_nothing()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantOfNobody);
        await connection.RunAsync($"SELECT set_config('app.current_org_id', '{Seed.A}', true)");
        (await connection.ReadAsync("SELECT current_setting('app.current_org_id')")).Should().Equal("");
        (await connection.ScalarAsync<long>(Count)).Should().Be(0);
    }

    [Fact]
    public async Task Session_wide_as_people_then_mend_it_the_next_request_of_the_connection_reads_A()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantOfNobody);
        await connection.RunAsync($"SELECT set_config('app.current_org_id', '{Seed.A}', false)");
        (await connection.ScalarAsync<long>(Count)).Should().Be(Seed.InvoicesEach, "no request has said it is A");
    }

    [Fact]
    public async Task Our_session_sends_setting_and_query_in_one_transaction()
    {
        (await fixture.Factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<long>(Count, cancellationToken: Token)).Should().Be(Seed.InvoicesEach);
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        for (var statement = 0; statement < 3; statement++)
            (await work.ExecuteScalarAsync<long>(Count, cancellationToken: Token)).Should().Be(Seed.InvoicesEach);
    }
}
