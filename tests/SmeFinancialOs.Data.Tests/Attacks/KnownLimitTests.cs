using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// What an attacker can do who may run SQL of his own as a tenant: name another tenant. Row-level security with a setting cannot prevent it,
/// parameters do. A test that fails here is good news: then the context is sealed, and the limit belongs out of the documentation.
/// </summary>
public sealed class KnownLimitTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string ToB = $"set_config('app.current_org_id', '{Seed.B}', true)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Injections =>
    [
        $"SELECT {ToB} UNION ALL SELECT customer_name FROM public.invoices",
        $"WITH switched AS MATERIALIZED (SELECT {ToB}) SELECT customer_name FROM switched, public.invoices",
        $"SELECT customer_name FROM public.invoices WHERE false OR (SELECT {ToB}) IS NOT NULL UNION ALL SELECT customer_name FROM public.invoices",
        $"SELECT {ToB}; SELECT customer_name FROM public.invoices",
        $"DECLARE switched CURSOR FOR SELECT customer_name FROM public.invoices; SELECT {ToB}; FETCH ALL FROM switched",
        $"SET LOCAL app.current_org_id = '{Seed.B}'; SELECT customer_name FROM public.invoices",
    ];

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task Known_limit_sql_that_sets_another_tenant_reads_it_until_the_context_is_sealed(string injection)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync(injection)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task Injected_tenant_switch_is_not_committed(string injection)
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.ExecuteAsync(Seed.Insert(Seed.A, "before"), cancellationToken: Token);
            await work.Connection.ReadAsync(injection);
            await work.Connection.RunAsync(Seed.Insert(Seed.B, "planted"));
            await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<TenantContextChangedException>();
        }

        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices WHERE number IN ('before', 'planted')")).Should().Be(0);
    }

    [Fact]
    public async Task Injected_role_switch_does_not_make_an_admin()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync("SELECT set_config('role', 'admin_role', true) UNION ALL SELECT customer_name FROM public.invoices")).SqlState
            .Should().Be("42501");
    }

    [Fact]
    public async Task Injected_tenant_switch_writes_nothing_in_a_read_only_context()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA.AsReadOnly(), Token);
        (await work.Connection.SqlStateOfAsync($"SELECT {ToB}; DELETE FROM public.invoices")).Should().Be("25006");
    }

    [Fact]
    public async Task Known_limit_a_session_commits_sql_that_sets_another_tenant()
    {
        // The one round trip ends with the statement: nobody asks again who it was.
        await fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync($"SELECT {ToB}; {Seed.Insert(Seed.B, "by-session")}", cancellationToken: Token);
        (await fixture.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE number = 'by-session' AND org_id = '{Seed.B}'")).Should().Be(1);
    }

    [Fact]
    public async Task Known_limit_stacked_sql_that_ends_the_transaction_writes_before_the_commit_can_ask()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.Connection.RunAsync($"COMMIT; SET app.current_org_id = '{Seed.B}'; SET ROLE tenant_role; {Seed.Insert(Seed.B, "stacked")}");
        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices WHERE number = 'stacked'")).Should().Be(1);
        await work.Invoking(w => w.CommitAsync(Token))
            .Should().ThrowAsync<TransactionControlException>("there is no transaction left, and the caller learns of it");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Known_limit_a_tenant_set_and_set_back_or_a_commit_past_the_library_is_not_noticed(bool isSetBack)
    {
        var number = isSetBack ? "set-back" : "past-us";
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.Connection.RunAsync($"SELECT {ToB}; {Seed.Insert(Seed.B, number)}");
            if (isSetBack)
            {
                await work.Connection.RunAsync($"SET LOCAL app.current_org_id = '{Seed.A}'");
                await work.CommitAsync(Token);
            }
            else
            {
                await work.Transaction.CommitAsync(Token);
            }
        }

        (await fixture.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE number = '{number}' AND org_id = '{Seed.B}'")).Should().Be(1);
    }

    [Fact]
    public async Task A_revoked_right_to_set_the_setting_would_not_help()
    {
        // Custom settings are not parameters with an owner: why the limit is not closed by a REVOKE.
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: "REVOKE SET ON PARAMETER app.current_org_id FROM PUBLIC");
        (await trial.TryAsync($"SET LOCAL app.current_org_id = '{Seed.B}'; SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB).Should().BeTrue();
    }
}
