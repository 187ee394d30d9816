using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>A unit of work that wrote rows and is disposed without a commit: the caller believes that they are saved.</summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class ForgottenCommitTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Event = "CommitForgotten";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes =>
    [
        Seed.Insert(Seed.A),
        "UPDATE invoices SET status = 'paid'",
        "DELETE FROM invoices",
        "WITH changed AS (UPDATE invoices SET status = 'paid' RETURNING 1) SELECT count(*) FROM changed",
        "MERGE INTO invoices i USING (VALUES ('A-1')) v (number) ON i.number = v.number WHEN MATCHED THEN UPDATE SET status = 'paid'",
        "DO $$ BEGIN UPDATE invoices SET status = 'paid'; END $$",
        "SELECT 1; UPDATE invoices SET status = 'paid'; SELECT 1",
        "SELECT public.pay_all()",
    ];

    public static TheoryData<string> Reads =>
    [
        "SELECT * FROM invoices",
        "SELECT * FROM invoices FOR UPDATE",
        "UPDATE invoices SET status = 'paid' WHERE false",
        "LOCK TABLE invoices IN ROW SHARE MODE",
        "SELECT pg_advisory_xact_lock(1)",
    ];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Rows_that_were_written_and_not_committed_are_warned_of(string sql)
    {
        await MakeFunctionAsync();
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA, Token))
            await work.ExecuteAsync(sql, cancellationToken: Token);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA, Token))
            await work.Connection.ExecuteAsync(sql, transaction: work.Transaction);
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
            await work.ExecuteAsync(sql, cancellationToken: Token);
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
        {
            var batch = work.CreateBatch();
            batch.AddQuery<int>("SELECT 1");
            batch.AddExecute(sql);
            await batch.ExecuteAsync(Token);
        }

        var request = recorder.Request;
        var warnings = recorder.Logs().Where(log => log.EventId.Name == Event).ToList();
        warnings.Should().HaveCount(4);
        warnings.Should()
            .OnlyContain(log => log.FormattedMessage!.Contains($"organization {Seed.A}") && log.FormattedMessage.Contains($"Activity: request ({request.Id})"));
        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE status = 'sent'")).Should().Be(3 * Seed.InvoicesEach);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Unit_of_work_that_wrote_no_row_logs_no_warning(string sql)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA, Token))
            await work.ExecuteAsync(sql, cancellationToken: Token);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA, Token))
            await work.Connection.ExecuteAsync(sql, transaction: work.Transaction);
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
            await work.ExecuteAsync(sql, cancellationToken: Token);
        await using (recorder.Factory.BeginTransaction(fixture.ContextA))
        {
        }

        recorder.Logs().Should().NotContain(log => log.EventId.Name == Event);
    }

    [Theory]
    [InlineData("RollbackAsync")]
    [InlineData("CommitAsync")]
    [InlineData("a call that failed")]
    [InlineData("a raw command that failed")]
    [InlineData("a stream that failed")]
    public async Task Work_whose_end_was_said_or_that_failed_is_not_warned_of(string end)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.ExecuteAsync("UPDATE invoices SET customer_name = customer_name", cancellationToken: Token);
            var run = end switch
            {
                "RollbackAsync" => () => work.RollbackAsync(Token),
                "CommitAsync" => () => work.CommitAsync(Token),
                "a call that failed" => () => work.ExecuteAsync("SELECT 1/0", cancellationToken: Token),
                "a stream that failed" => async () => await work.QueryUnbufferedAsync<int>("SELECT 1/0", cancellationToken: Token).ToListAsync(Token),
                _ => (Func<Task>)(() => work.Connection.ExecuteAsync("SELECT 1/0")),
            };
            await Record.ExceptionAsync(run);
        }

        recorder.Logs().Should().NotContain(log => log.EventId.Name == Event);
    }

    [Theory]
    [InlineData("a call")]
    [InlineData("a call that does more than rows")]
    [InlineData("a call on the raw savepoint")]
    [InlineData("a stream")]
    [InlineData("a copy")]
    public async Task Work_that_went_on_behind_a_savepoint_is_warned_of(string next)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.ExecuteAsync("UPDATE invoices SET customer_name = customer_name; SAVEPOINT before", cancellationToken: Token);
            await Record.ExceptionAsync(() => work.ExecuteAsync("SELECT 1/0", cancellationToken: Token));
            if (next == "a call on the raw savepoint")
                await work.Transaction.RollbackAsync("before", Token);
            else
                await work.ExecuteAsync("ROLLBACK TO before", cancellationToken: Token);
            switch (next)
            {
                case "a call that does more than rows":
                    await work.ExecuteAsync("DO $$ BEGIN END $$", cancellationToken: Token);
                    break;
                case "a stream":
                    await work.QueryUnbufferedAsync<int>("SELECT 1", cancellationToken: Token).ToListAsync(Token);
                    break;
                case "a copy":
                    await work.ExportAsync("COPY (SELECT 1) TO STDOUT", Stream.Null, Token);
                    break;
                default:
                    await work.QueryAsync<int>("SELECT 1", cancellationToken: Token);
                    break;
            }
        }

        recorder.Logs().Should().ContainSingle(log => log.EventId.Name == Event);
    }

    /// <summary>The fault may be on its way to whoever disposes the unit of work.</summary>
    [Fact]
    public async Task Work_that_only_went_back_to_a_savepoint_is_not_warned_of()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
        {
            await work.ExecuteAsync("UPDATE invoices SET customer_name = customer_name; SAVEPOINT before", cancellationToken: Token);
            await Record.ExceptionAsync(() => work.ExecuteAsync("SELECT 1/0", cancellationToken: Token));
            await work.ExecuteAsync("/* what failed */ rollback to before", cancellationToken: Token);
        }

        recorder.Logs().Should().NotContain(log => log.EventId.Name == Event);
    }

    [Fact]
    public async Task The_warning_costs_no_round_trip()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var recorder = new TelemetryRecorder(fixture, connectionString: proxy.ConnectionString);
        await recorder.Factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
        var trips = new List<int>();
        foreach (var sql in (string[])["SELECT 1", "UPDATE invoices SET customer_name = customer_name"])
        {
            var work = recorder.Factory.BeginTransaction(fixture.ContextA);
            await work.ExecuteAsync(sql, cancellationToken: Token);
            var before = proxy.RoundTrips;
            await work.DisposeAsync();
            trips.Add(proxy.RoundTrips - before);
        }

        // ROLLBACK, and what is reset behind it.
        trips.Should().OnlyContain(count => count == 2);
    }

    [Fact]
    public async Task Forgotten_commit_without_an_activity_is_reported_as_such()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        recorder.Request.Dispose();
        await using (var work = recorder.Factory.BeginTransaction(fixture.ContextA))
            await work.ExecuteAsync("UPDATE invoices SET customer_name = customer_name", cancellationToken: Token);
        recorder.Logs().Single(log => log.EventId.Name == Event).FormattedMessage.Should().EndWith("Activity: none");
    }

    private Task MakeFunctionAsync() => fixture.AsSuperuserAsync("""
        CREATE OR REPLACE FUNCTION public.pay_all() RETURNS void LANGUAGE sql AS $$ UPDATE public.invoices SET status = 'paid' $$;
        GRANT EXECUTE ON FUNCTION public.pay_all() TO tenant_role;
        """);
}
