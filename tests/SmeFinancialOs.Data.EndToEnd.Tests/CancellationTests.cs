using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

/// <summary>Clients that go away in the middle of a request. On a host of its own, so that whatever is open here is theirs.</summary>
public sealed class CancellationTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    private const string Open = """
        SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND usename IN ('app_user', 'admin_user') AND state <> 'idle'
        """;

    [Fact]
    public async Task A_request_whose_client_is_gone_leaves_no_transaction()
    {
        var invoice = sample.A.Invoice(1);
        var held = await RowLock.TakeAsync(sample, invoice);
        await using var _ = held;

        using var leaving = new CancellationTokenSource();
        var request = sample.Host.SendAsync(HttpMethod.Post, $"/invoices/{invoice}/pay", sample.TokenOfA, cancellationToken: leaving.Token);
        await held.UntilSomebodyWaitsAsync();
        await leaving.CancelAsync();

        await request.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        // still locked: the statement was ended, it did not come through
        await Eventually.HoldsAsync(async () => await sample.TruthAsync<long>(Open) == 0);
        await held.DisposeAsync();
        (await sample.TruthAsync<string>($"SELECT status FROM public.invoices WHERE id = '{invoice}'")).Should().Be("sent");
        sample.Host.Output.Should().NotContain("Exception");
    }

    [Fact]
    public async Task Requests_cancelled_at_any_moment_leave_nothing_for_the_next()
    {
        var (ended, cancelled) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var leaving = new CancellationTokenSource();
            leaving.CancelAfter(TimeSpan.FromMilliseconds(i % 40));
            var (other, token) = i % 2 == 0 ? (sample.B, sample.TokenOfA) : (sample.A, sample.TokenOfB);
            try
            {
                var answer = await sample.Host.SendAsync(HttpMethod.Get, "/invoices?pageSize=100", token, cancellationToken: leaving.Token);
                answer.Text.Should().NotContain(other.Secret);
                Interlocked.Increment(ref ended);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
            }
        }));
        (ended + cancelled, cancelled > 0).Should().Be((200, true));
        await Eventually.HoldsAsync(async () => await sample.TruthAsync<long>(Open) == 0);

        foreach (var (me, other) in Enumerable.Repeat((sample.A, sample.B), 30).Concat(Enumerable.Repeat((sample.B, sample.A), 30)))
        {
            var answer = await sample.Host.GetAsync("/invoices", sample.TokenOf(me.Id));
            answer.Status.Should().Be(HttpStatusCode.OK);
            answer.Text.Should().Contain(me.Secret).And.NotContain(other.Secret);
        }
    }
}
