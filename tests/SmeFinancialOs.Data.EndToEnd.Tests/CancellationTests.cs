using System.Globalization;
using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

/// <summary>Clients that go away in the middle of a request. On a host of its own, so that whatever is open here is theirs.</summary>
public sealed class CancellationTests(CancellationTests.Quiet quiet) : IClassFixture<CancellationTests.Quiet>
{
    private const string Open = """
        SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND usename IN ('app_user', 'admin_user') AND state <> 'idle'
        """;

    private readonly SampleFixture _sample = quiet.Sample;

    [Fact]
    public async Task A_request_whose_client_is_gone_leaves_no_transaction()
    {
        var invoice = _sample.A.Invoice(1);
        await using var locker = await _sample.OpenAsSuperuserAsync();
        await using var transaction = await locker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var take = new Npgsql.NpgsqlCommand($"SELECT FROM public.invoices WHERE id = '{invoice}' FOR UPDATE", locker))
            await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var waiting = $"SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE {locker.ProcessID.ToString(CultureInfo.InvariantCulture)} = ANY (pg_catalog.pg_blocking_pids(pid))";

        using var leaving = new CancellationTokenSource();
        var request = _sample.Host.SendAsync(HttpMethod.Post, $"/invoices/{invoice}/pay", _sample.TokenOfA, cancellationToken: leaving.Token);
        await Eventually.HoldsAsync(async () => await _sample.TruthAsync<long>(waiting) == 1);
        await leaving.CancelAsync();

        await request.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        // still locked: the statement was ended, it did not come through
        await Eventually.HoldsAsync(async () => await _sample.TruthAsync<long>(Open) == 0);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await _sample.TruthAsync<string>($"SELECT status FROM public.invoices WHERE id = '{invoice}'")).Should().Be("sent");
        _sample.Host.Output.Should().NotContain("Exception");
    }

    [Fact]
    public async Task Requests_cancelled_at_any_moment_leave_nothing_for_the_next()
    {
        var (ended, cancelled) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var leaving = new CancellationTokenSource();
            leaving.CancelAfter(TimeSpan.FromMilliseconds(i % 40));
            var (other, token) = i % 2 == 0 ? (_sample.B, _sample.TokenOfA) : (_sample.A, _sample.TokenOfB);
            try
            {
                var answer = await _sample.Host.SendAsync(HttpMethod.Get, "/invoices?pageSize=100", token, cancellationToken: leaving.Token);
                answer.Text.Should().NotContain(other.Secret);
                Interlocked.Increment(ref ended);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
            }
        }));
        (ended + cancelled, cancelled > 0).Should().Be((200, true));
        await Eventually.HoldsAsync(async () => await _sample.TruthAsync<long>(Open) == 0);

        foreach (var (me, other) in Enumerable.Repeat((_sample.A, _sample.B), 30).Concat(Enumerable.Repeat((_sample.B, _sample.A), 30)))
        {
            var answer = await _sample.Host.GetAsync("/invoices", _sample.TokenOf(me.Id));
            answer.Status.Should().Be(HttpStatusCode.OK);
            answer.Text.Should().Contain(me.Secret).And.NotContain(other.Secret);
        }
    }

    public sealed class Quiet : IAsyncLifetime
    {
        internal SampleFixture Sample { get; } = new();

        public ValueTask InitializeAsync() => Sample.InitializeAsync();

        public ValueTask DisposeAsync() => Sample.DisposeAsync();
    }
}
