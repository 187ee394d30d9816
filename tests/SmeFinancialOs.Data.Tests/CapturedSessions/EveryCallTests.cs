using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.CapturedSessions;

/// <summary>What was made for the ambient context of one flow reads and writes nothing under another one, whichever call it is.</summary>
public sealed class EveryCallTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Captured = nameof(CapturedSessionException);
    private const string Missing = nameof(TenantContextMissingException);

    private static readonly string[] Kinds = ["session", "transaction", "unit of work"];

    private TenantContext A => fixture.ContextA;

    private TenantContext B => fixture.ContextB;

    public static TheoryData<string, string> KindsAndCalls => [.. Kinds.SelectMany(kind => CapturedSessionCalls.All.Keys, (kind, call) => (kind, call))];

    public static TheoryData<string> AllKinds => [.. Kinds];

    [Theory]
    [MemberData(nameof(KindsAndCalls))]
    public async Task A_call_under_another_context_is_refused(string kind, string call)
    {
        await using var kept = await MakeAsync(kind);
        (await CapturedSessionCalls.UnderAsync(B, () => CapturedSessionCalls.All[call](kept.Session))).Should().Be(Captured);
        (await CapturedSessionCalls.UnderAsync(A.AsReadOnly(), () => CapturedSessionCalls.All[call](kept.Session)))
            .Should().Be(Captured, "a read-only context is another one");
        (await CapturedSessionCalls.UnderAsync(TenantContext.ForAdmin("a", "b"), () => CapturedSessionCalls.All[call](kept.Session))).Should().Be(Captured);
        (await CapturedSessionCalls.UnderAsync(null, () => CapturedSessionCalls.All[call](kept.Session))).Should().Be(Missing);
        kept.Session.Context.Should().Be(A);
    }

    [Theory]
    [MemberData(nameof(KindsAndCalls))]
    public async Task A_call_under_an_equal_context_is_answered(string kind, string call)
    {
        await using var kept = await MakeAsync(kind);
        var anew = TenantContext.ForOrganization(fixture.OrganizationA);
        anew.Should().NotBeSameAs(A);
        (await CapturedSessionCalls.UnderAsync(anew, () => CapturedSessionCalls.All[call](kept.Session))).Should().ContainAny(Seed.SecretOfA, $"of {A}");
    }

    [Theory]
    [MemberData(nameof(KindsAndCalls))]
    public async Task Session_with_its_own_context_is_bound_to_no_flow(string kind, string call)
    {
        await using var kept = await MakeAsync(kind, A);
        foreach (var ambient in new[] { B, null })
            (await CapturedSessionCalls.UnderAsync(ambient, () => CapturedSessionCalls.All[call](kept.Session))).Should().ContainAny(Seed.SecretOfA, $"of {A}");
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task A_stream_that_was_begun_is_not_read_on_under_another_context(string kind)
    {
        await using var kept = await MakeAsync(kind);
        await using var rows = kept.Session.QueryUnbufferedAsync<string>(CapturedSessionCalls.Customers).GetAsyncEnumerator();
        (await CapturedSessionCalls.UnderAsync(A, NextAsync)).Should().Contain(Seed.SecretOfA);
        (await CapturedSessionCalls.UnderAsync(A, NextAsync)).Should().Contain(Seed.SecretOfA);
        (await CapturedSessionCalls.UnderAsync(B, NextAsync)).Should().Be(Captured);
        (await CapturedSessionCalls.UnderAsync(A, NextAsync)).Should().Be("end", "the refusal ended it");

        async Task<string> NextAsync() => await rows.MoveNextAsync() ? rows.Current : "end";
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task A_stream_is_closed_by_whoever_leaves_it(string kind)
    {
        await using var kept = await MakeAsync(kind);
        var rows = kept.Session.QueryUnbufferedAsync<string>(CapturedSessionCalls.Customers).GetAsyncEnumerator();
        (await CapturedSessionCalls.UnderAsync(A, async () => $"{await rows.MoveNextAsync()}")).Should().Be("True");
        using (AmbientTenantContext.Use(B))
            await rows.DisposeAsync();
        (await CapturedSessionCalls.UnderAsync(A, () => CapturedSessionCalls.All[nameof(ITenantSession.QueryAsync)](kept.Session)))
            .Should().Contain(Seed.SecretOfA);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task A_batch_that_was_filled_under_one_context_is_not_sent_under_another(string kind)
    {
        await using var kept = await MakeAsync(kind);
        var batch = kept.Session.CreateBatch();
        var rows = batch.AddQuery<string>(CapturedSessionCalls.Customers);
        (await CapturedSessionCalls.UnderAsync(B, async () =>
        {
            await batch.ExecuteAsync();
            return string.Join(' ', rows.Value);
        })).Should().Be(Captured);
    }

    [Fact]
    public async Task A_unit_of_work_does_not_hand_out_its_connection_under_another_context()
    {
        using var ambient = AmbientTenantContext.Use(A);
        await using var work = await fixture.Factory.OpenConnectionAsync();
        (await CapturedSessionCalls.UnderAsync(B, () => Task.FromResult($"{work.Connection.FullState}"))).Should().Be(Captured);
        (await CapturedSessionCalls.UnderAsync(B, () => Task.FromResult($"{work.Transaction.IsolationLevel}"))).Should().Be(Captured);
        (await CapturedSessionCalls.UnderAsync(null, () => Task.FromResult($"{work.Connection.FullState}"))).Should().Be(Missing);
        work.Connection.Should().BeSameAs(work.Transaction.Connection);
    }

    [Fact]
    public async Task Captured_unit_of_work_is_committed_or_rolled_back_by_whoever_ends_it()
    {
        const string insert = """
            INSERT INTO public.invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'secret of A, ended elsewhere', DATE '2026-01-01')
            """;
        foreach (var kind in Kinds[1..])
        {
            foreach (var isCommitted in new[] { true, false })
            {
                var number = $"{kind} {isCommitted}";
                await using (var kept = await MakeAsync(kind))
                {
                    using (AmbientTenantContext.Use(A))
                        await kept.Session.ExecuteAsync(insert, new { number });
                    using var other = AmbientTenantContext.Use(B);
                    if (isCommitted)
                        await (kept.Session is TenantTransaction transaction ? transaction.CommitAsync() : ((TenantConnection)kept.Session).CommitAsync());
                    await kept.DisposeAsync();
                }

                var written = await fixture.Factory.CreateSession(A).QueryAsync<string>("SELECT number FROM public.invoices");
                written.Contains(number).Should().Be(isCommitted);
            }
        }
    }

    private async Task<Kept> MakeAsync(string kind, TenantContext? context = null)
    {
        using var ambient = AmbientTenantContext.Use(A);
        return new(kind switch
        {
            "session" => context is null ? fixture.Factory.CreateSession() : fixture.Factory.CreateSession(context),
            "transaction" => context is null ? fixture.Factory.BeginTransaction() : fixture.Factory.BeginTransaction(context),
            _ => context is null ? await fixture.Factory.OpenConnectionAsync() : await fixture.Factory.OpenConnectionAsync(context),
        });
    }

    private sealed record Kept(ITenantSession Session) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => (Session as IAsyncDisposable)?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
