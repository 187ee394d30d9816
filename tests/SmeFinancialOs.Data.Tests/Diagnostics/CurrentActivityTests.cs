using System.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>What is current belongs to the host: no span of ours may be left there, or take the host's own away.</summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class CurrentActivityTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    public static TheoryData<string> Calls => [.. SessionCall.All.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_leaves_current_what_was_current(string name)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var call = SessionCall.All[name](recorder.Factory.CreateSession(fixture.ContextA));
        Activity.Current.Should().BeSameAs(recorder.Request, "the call is running");
        await call;
        Activity.Current.Should().BeSameAs(recorder.Request);

        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            Activity.Current.Should().BeSameAs(recorder.Request);
            await SessionCall.All[name](work);
            Activity.Current.Should().BeSameAs(recorder.Request);
            await work.CommitAsync();
            Activity.Current.Should().BeSameAs(recorder.Request);
        }

        Activity.Current.Should().BeSameAs(recorder.Request);
    }

    [Fact]
    public async Task Failed_and_cancelled_calls_leave_current_what_was_current()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        await session.Invoking(s => s.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();
        Activity.Current.Should().BeSameAs(recorder.Request);
        await session.Invoking(s => s.ExecuteAsync("SELECT 1", cancellationToken: new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();
        Activity.Current.Should().BeSameAs(recorder.Request);
        await recorder.Factory.Invoking(f => f.OpenConnectionAsync(fixture.ContextA, new CancellationToken(canceled: true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();
        Activity.Current.Should().BeSameAs(recorder.Request);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_of_a_stream_are_read_under_the_hosts_own_span(bool isLeftEarly)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        // More than one network buffer: it waits in between.
        await foreach (var row in recorder.Factory.CreateSession(fixture.ContextA)
            .QueryUnbufferedAsync<string>("SELECT repeat('x', 1000) FROM generate_series(1, 100)"))
        {
            Activity.Current.Should().BeSameAs(recorder.Request);
            using var step = TelemetryRecorder.StartHostSpan("step");
            await Task.Yield();
            Activity.Current.Should().BeSameAs(step);
            if (isLeftEarly)
                break;
        }

        Activity.Current.Should().BeSameAs(recorder.Request);
    }

    [Fact]
    public async Task Unit_of_work_that_ends_under_another_span_leaves_that_current()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA);
        using var later = TelemetryRecorder.StartHostSpan("later");
        await work.DisposeAsync();
        Activity.Current.Should().BeSameAs(later);

        var rows = recorder.Factory.CreateSession(fixture.ContextA).QueryUnbufferedAsync<int>("SELECT generate_series(1, 3)").GetAsyncEnumerator();
        await rows.MoveNextAsync();
        using var latest = TelemetryRecorder.StartHostSpan("latest");
        await rows.DisposeAsync();
        Activity.Current.Should().BeSameAs(latest);
    }
}
