using System.Diagnostics;
using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

[Collection(nameof(SequentialTestGroup))]
public sealed class SpanTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Planted = "planted-value-4711";

    public static TheoryData<string> Calls => [.. SessionCall.All.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_of_a_session_is_one_span_and_the_parent_of_its_commands(string name)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await SessionCall.All[name](recorder.Factory.CreateSession(fixture.ContextA));

        var span = recorder.Spans().Should().ContainSingle(span => span.OperationName == name).Subject;
        var isCopy = name == "tenant.copy";
        span.Kind.Should().Be(ActivityKind.Internal);
        span.Status.Should().Be(ActivityStatusCode.Unset);
        span.TagObjects.Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["db.system.name"] = "postgresql",
            ["db.namespace"] = fixture.Database.AppConnectionString.DatabaseName(),
            ["smefinancialos.tenant.id"] = Seed.A,
            ["smefinancialos.access"] = "tenant",
            ["smefinancialos.read_only"] = false,
            ["smefinancialos.outcome"] = isCopy ? "completed" : "committed",
        });
        recorder.AllSpans().Should().Contain(command => command.Source.Name == "Npgsql" && command.ParentSpanId == span.SpanId);
        var outermost = isCopy ? recorder.Spans().Single(work => work.OperationName == "tenant.unit_of_work") : span;
        outermost.ParentSpanId.Should().Be(recorder.Request.SpanId);
        // The first bulk load into a table looks at it, too.
        recorder.Spans().Should().HaveCount(isCopy || name == "tenant.insert_many" ? 2 : 1);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_inside_a_unit_of_work_is_a_child_of_it(string name)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await SessionCall.All[name](work);
            await work.CommitAsync();
        }

        // What cannot but write.
        var isReadOnly = name != "tenant.insert_many";
        await using (var transaction = recorder.Factory.BeginTransaction(isReadOnly ? fixture.ContextA.AsReadOnly() : fixture.ContextA))
        {
            await SessionCall.All[name](transaction);
            await transaction.CommitAsync();
        }

        var works = recorder.Spans().Where(span => span.OperationName == "tenant.unit_of_work").ToArray();
        works.Should().HaveCount(2)
            .And.OnlyContain(span => span.ParentSpanId == recorder.Request.SpanId && Equals(span.GetTagItem("smefinancialos.outcome"), "committed"));
        works.Select(span => span.GetTagItem("smefinancialos.read_only")).Should().Equal(false, isReadOnly);
        var calls = recorder.Spans().Where(span => span.OperationName == name).ToArray();
        calls.Select(span => span.ParentSpanId).Should().Equal(works.Select(span => span.SpanId));
        calls.Should().OnlyContain(span => Equals(span.GetTagItem("smefinancialos.outcome"), "completed"));
        // Not one of the commands is the request's own: the commit and what it takes to open belong to the unit of work.
        recorder.AllSpans().Should().NotContain(command => command.Source.Name == "Npgsql" && command.ParentSpanId == recorder.Request.SpanId);
    }

    [Fact]
    public async Task Call_under_a_span_of_the_hosts_own_is_a_child_of_that()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        ActivitySpanId own;
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            using var step = TelemetryRecorder.StartHostSpan("step");
            own = step.SpanId;
            await work.ExecuteScalarAsync<int>("SELECT 1");
        }

        recorder.Spans().Single(span => span.OperationName == "tenant.scalar").ParentSpanId.Should().Be(own);
    }

    [Fact]
    public async Task Command_on_the_raw_connection_stands_beside_the_unit_of_work()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
            await work.Connection.ExecuteScalarAsync<int>("SELECT 4711", transaction: work.Transaction);

        recorder.AllSpans().Single(span => Equals(span.GetTagItem("db.query.text"), "SELECT 4711")).ParentSpanId.Should().Be(recorder.Request.SpanId);
    }

    [Theory]
    [InlineData("42501")]
    [InlineData("P0001")]
    public async Task Failed_call_shows_its_sqlstate_and_no_value(string sqlState)
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await recorder.Factory.CreateSession(fixture.ContextA)
            .Invoking(session => session.ExecuteAsync($"DO $$ BEGIN RAISE EXCEPTION '{Planted}' USING ERRCODE = '{sqlState}'; END $$"))
            .Should().ThrowAsync<Exception>().WithMessage($"*{Planted}*");

        var span = recorder.Spans().Should().ContainSingle().Subject;
        span.Status.Should().Be(ActivityStatusCode.Error);
        span.StatusDescription.Should().Be(sqlState);
        span.GetTagItem("db.response.status_code").Should().Be(sqlState);
        span.GetTagItem("error.type").Should().Be(sqlState);
        span.GetTagItem("smefinancialos.outcome").Should().Be("failed");
        span.TagObjects.Select(tag => tag.Value?.ToString()).Append(span.DisplayName).Should().NotContain(text => text!.Contains(Planted));
        span.Events.Should().BeEmpty();
        recorder.Logs().Should().NotContain(log => log.FormattedMessage!.Contains(Planted));
    }

    [Fact]
    public async Task Unit_of_work_without_a_commit_is_rolled_back_and_no_error()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
        }

        await using (var transaction = recorder.Factory.BeginTransaction(fixture.ContextA))
            await transaction.Invoking(work => work.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();

        await using (recorder.Factory.BeginTransaction(fixture.ContextA))
        {
        }

        // The third has run nothing: there was no transaction.
        var works = recorder.Spans().Where(span => span.OperationName == "tenant.unit_of_work").ToArray();
        works.Should().HaveCount(2)
            .And.OnlyContain(span => Equals(span.GetTagItem("smefinancialos.outcome"), "rolled_back") && span.Status == ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task Commit_that_is_refused_fails_the_unit_of_work()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await work.ExecuteAsync($"SELECT set_config('app.current_org_id', '{Seed.B}', true)");
            await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<TenantContextChangedException>();
        }

        var span = recorder.Spans().Single(span => span.OperationName == "tenant.unit_of_work");
        span.GetTagItem("smefinancialos.outcome").Should().Be("failed");
        span.GetTagItem("db.response.status_code").Should().Be("TD001");
        span.Status.Should().Be(ActivityStatusCode.Error);
    }

    [Fact]
    public async Task Cancelled_call_ends_its_span_without_an_error()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await recorder.Factory.CreateSession(fixture.ContextA).Invoking(session => session.ExecuteAsync("SELECT pg_sleep(60)", cancellationToken: soon.Token))
            .Should().ThrowAsync<OperationCanceledException>();

        var span = recorder.Spans().Should().ContainSingle().Subject;
        span.GetTagItem("smefinancialos.outcome").Should().Be("canceled");
        span.Status.Should().Be(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task Stream_left_early_ends_its_span_once()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA);
        foreach (var session in (ITenantSession[])[recorder.Factory.CreateSession(fixture.ContextA), work])
        {
            await using var rows = session.QueryUnbufferedAsync<int>("SELECT generate_series(1, 100000)").GetAsyncEnumerator();
            await rows.MoveNextAsync();
            await rows.DisposeAsync();
        }

        recorder.Spans().Where(span => span.OperationName == "tenant.stream").Select(span => span.GetTagItem("smefinancialos.outcome"))
            .Should().Equal("incomplete", "incomplete");
    }

    [Fact]
    public async Task Second_dispose_ends_nothing_again()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
            await work.DisposeAsync();

        recorder.Spans().Should().ContainSingle();
        recorder.Measurements().Single(measured => measured.Instrument == "smefinancialos.data.transaction.rolled_back").Value.Should().Be(1);
    }

    [Fact]
    public async Task Outcome_says_whether_the_server_has_committed()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var recorder = new TelemetryRecorder(fixture, connectionString: proxy.ConnectionString);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        const string insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('unmapped', 1, 'x', now()) RETURNING 'no number'";
        await session.Invoking(s => s.ExecuteScalarAsync<int>(insert)).Should().ThrowAsync<Exception>();
        (await session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = 'unmapped'"))
            .Should().Be(1, "it was committed, though the call failed");

        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            proxy.CutAll();
            await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<CommitOutcomeUnknownException>();
        }

        recorder.Spans().Select(span => span.GetTagItem("smefinancialos.outcome")).Should().Equal("committed", "committed", "unknown");
        recorder.Measurements()
            .Where(measured => measured.Instrument.StartsWith("smefinancialos.data.transaction.", StringComparison.Ordinal)
                && Equals(measured.Tags.GetValueOrDefault("smefinancialos.outcome"), "unknown"))
            .Should().OnlyContain(measured => measured.Instrument == "smefinancialos.data.transaction.duration");
    }

    [Fact]
    public async Task Unit_of_work_that_cannot_be_opened_ends_its_span()
    {
        await using var recorder = new TelemetryRecorder(fixture, connectionString: fixture.Database.AppConnectionString + ";Port=1");
        await recorder.Factory.Invoking(factory => factory.OpenConnectionAsync(fixture.ContextA).AsTask()).Should().ThrowAsync<DatabaseUnavailableException>();
        await recorder.Factory.CreateSession(fixture.ContextA).Invoking(session => session.ExecuteAsync("SELECT 1"))
            .Should().ThrowAsync<DatabaseUnavailableException>();

        recorder.Spans().Should().HaveCount(2).And.OnlyContain(span =>
            Equals(span.GetTagItem("error.type"), typeof(DatabaseUnavailableException).FullName)
                && Equals(span.GetTagItem("smefinancialos.outcome"), "failed"));
        recorder.Measurements().Should().BeEmpty("no transaction was opened");
    }
}
