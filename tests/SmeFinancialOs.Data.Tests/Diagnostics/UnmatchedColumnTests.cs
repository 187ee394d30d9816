using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>A name that is wrong leaves a member at its default; the log says so, once.</summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class UnmatchedColumnTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Wrong = "SELECT 1 AS id, 5 AS \"amont\ncents\", 'planted-value' AS customer_name";

    [Fact]
    public async Task Wrong_name_is_logged_once_for_a_type_and_a_text_by_every_call()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
        {
            foreach (var calls in (ITenantSession[])[session, work])
            {
                await calls.QueryAsync<Line>(Wrong);
                await calls.QuerySingleOrDefaultAsync<Line>(Wrong);
                await calls.QueryUnbufferedAsync<Line>(Wrong + " -- streamed").ToListAsync();
                await calls.QueryAsync<int, Line, Line>(Wrong + " -- joined", (_, line) => line!, splitOn: "amont\ncents");
                var batch = calls.CreateBatch();
                batch.AddQuery<Line>(Wrong + " -- in a batch");
                await batch.ExecuteAsync();
                await calls.QueryAsync<OtherLine>(Wrong);
            }

            await work.CommitAsync();
        }

        var logs = recorder.Logs().Where(log => log.EventId.Name == "ColumnsUnmatched").ToList();
        logs.Should().HaveCount(5)
            .And.OnlyContain(log => log.Exception == null && !log.FormattedMessage!.Contains("planted") && !log.FormattedMessage.Contains('\n'));
        logs[0].FormattedMessage.Should().Contain("UnmatchedColumnTests+Line").And.Contain("amont\\u000Acents").And.Contain("AmountCents")
            .And.NotContain("CustomerName,").And.NotContain(" id");
    }

    [Fact]
    public async Task Nothing_is_logged_where_no_name_can_be_wrong()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        await session.QueryAsync<Line>("SELECT 1 AS id, 2 AS amount_cents, 'x' AS customer_name, 'one more' AS more");
        await session.QueryAsync<Line>("SELECT 2 AS amount_cents");
        await session.QueryAsync<dynamic>("SELECT 2 AS x");
        await session.QueryAsync<string>("SELECT 'x' AS x");
        await session.QueryAsync<(int, string)>("SELECT 1 AS x, 'y' AS y");
        recorder.Logs().Should().NotContain(log => log.EventId.Name == "ColumnsUnmatched");
    }

    [Fact]
    public async Task Texts_without_end_are_not_kept()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
        {
            for (var i = 0; i < 1010; i++)
                await work.QueryAsync<Line>($"SELECT 1 AS id, {i} AS wrong");
            await work.CommitAsync();
        }

        recorder.Logs().Count(log => log.EventId.Name == "ColumnsUnmatched").Should().Be(1000);
    }

    private sealed class Line
    {
        public int Id { get; set; }

        public int AmountCents { get; set; }

        public string? CustomerName { get; set; }

        public bool IsComputed => AmountCents > 0;
    }

    private sealed class OtherLine
    {
        public int Id { get; set; }

        public int AmountCents { get; set; }
    }
}
