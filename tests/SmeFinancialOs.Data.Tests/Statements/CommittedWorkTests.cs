using System.Data;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Statements;

/// <summary>The server commits a session call before its result is read. What goes wrong after that must not look like work that was not done.</summary>
public sealed class CommittedWorkTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Returning = " RETURNING number";

    private static readonly string Insert = Seed.Insert(Seed.A, "committed");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> UnreadableCalls =>
        ["query", "single", "single of several", "scalar", "second of a batch", "first of a batch", "constructor that throws",
            "result of a function that writes"];

    [Theory]
    [MemberData(nameof(UnreadableCalls))]
    public async Task Call_whose_result_cannot_be_read_says_that_its_work_is_committed(string call)
    {
        await PrepareAsync();
        var fault = (await fixture.Factory.CreateSession(fixture.ContextA).Invoking(s => RunAsync(s, call)).Should().ThrowAsync<WorkCommittedException>())
            .Which;
        fault.InnerException.Should().Match(inner => inner is DataException || inner is InvalidOperationException);
        fault.ToString().Should().NotContain("secret");
        TransientFault.IsSafeToRetry(fault).Should().BeFalse();
        (await CountAsync()).Should().Be(call == "single of several" ? 2 : 1);
    }

    [Theory]
    [MemberData(nameof(UnreadableCalls))]
    public async Task Unit_of_work_keeps_its_work_for_its_caller_to_decide(string call)
    {
        await PrepareAsync();
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            var fault = (await work.Invoking(w => RunAsync(w, call)).Should().ThrowAsync<Exception>()).Which;
            fault.Should().Match(thrown => thrown is DataException || thrown is InvalidOperationException);
            (await work.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number LIKE 'committed%'", cancellationToken: Token))
                .Should().BePositive();
        }

        (await CountAsync()).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(UnreadableCalls))]
    public async Task Transaction_whose_first_result_could_not_be_read_can_be_committed(string call)
    {
        await PrepareAsync();
        await using (var work = fixture.Factory.BeginTransaction(fixture.ContextA))
        {
            await work.Invoking(w => RunAsync(w, call)).Should().ThrowAsync<Exception>();
            await work.CommitAsync(Token);
        }

        (await CountAsync()).Should().BePositive();
    }

    [Fact]
    public async Task Read_only_context_has_nothing_to_commit()
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA.AsReadOnly());
        await session.Invoking(s => s.QueryAsync<int>("SELECT 'secret'", cancellationToken: Token)).Should().ThrowAsync<DataException>();
        await session.Invoking(s => s.QuerySingleOrDefaultAsync<int>("SELECT generate_series(1, 2)", cancellationToken: Token))
            .Should().ThrowAsync<InvalidOperationException>();
    }

    [Theory]
    [InlineData("SELECT 'secret'; {0}; SELECT 1 / 0")]
    [InlineData("{0} RETURNING number; {0}")]
    [InlineData("SELECT 'secret'; DO $$ BEGIN {0}; RAISE unique_violation; END $$")]
    public async Task Error_of_a_later_statement_decides_over_a_result_that_could_not_be_read(string sql)
    {
        await PrepareAsync();
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Insert);
        var fault = (await fixture.Factory.CreateSession(fixture.ContextA).Invoking(s => s.QueryAsync<int>(text, cancellationToken: Token))
            .Should().ThrowAsync<TenantDataException>()).Which;
        fault.Should().Match(thrown => thrown is InvalidValueException || thrown is DuplicateKeyException);
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Results_of_a_batch_that_is_committed_but_could_not_be_read_are_not_given()
    {
        await PrepareAsync();
        var batch = fixture.Factory.CreateSession(fixture.ContextA).CreateBatch();
        var first = batch.AddExecuteScalar<int>("SELECT 1");
        batch.AddExecuteScalar<int>(Insert + Returning);
        await batch.Invoking(b => b.ExecuteAsync(Token)).Should().ThrowAsync<WorkCommittedException>();
        first.Invoking(result => result.Value).Should().Throw<InvalidOperationException>();
    }

    [Theory]
    [InlineData("{0} RETURNING number")]
    [InlineData("{0}")]
    [InlineData("WITH w AS ({0} RETURNING number) SELECT number FROM w")]
    [InlineData("SELECT 'x'; {0} RETURNING number")]
    [InlineData("UPDATE invoices SET number = 'committed' || number RETURNING number")]
    [InlineData("DELETE FROM invoices RETURNING number")]
    [InlineData("SELECT public.writes()::text")]
    [InlineData("DO $$ BEGIN {0}; END $$")]
    public async Task Stream_of_a_session_writes_nothing_read_to_its_end_or_left_early(string sql)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Insert);
        foreach (var takesOne in (bool[])[true, false])
        {
            await PrepareAsync();
            var before = await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices");
            var fault = (await FluentActions.Invoking(() => ReadAsync(fixture.Factory.CreateSession(fixture.ContextA), text, takesOne))
                .Should().ThrowAsync<TenantAccessDeniedException>()).Which;
            fault.SqlState.Should().Be("25006");
            fault.Message.Should().Contain("unit of work");
            (await CountAsync()).Should().Be(0);
            (await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices")).Should().Be(before);
        }
    }

    [Fact]
    public async Task Stream_of_a_unit_of_work_writes_what_the_unit_of_work_commits()
    {
        foreach (var commits in (bool[])[true, false])
        {
            await PrepareAsync();
            await using (var work = fixture.Factory.BeginTransaction(fixture.ContextA))
            {
                await ReadAsync(work, Insert + Returning, takesOne: true);
                if (commits)
                    await work.CommitAsync(Token);
            }

            (await CountAsync()).Should().Be(commits ? 1 : 0);
        }
    }

    private static async Task ReadAsync(ITenantSession session, string sql, bool takesOne)
    {
        await foreach (var row in session.QueryUnbufferedAsync<string>(sql, cancellationToken: Token))
        {
            // The first row of "SELECT 'x'; .." comes before the statement that is refused is asked for.
            if (takesOne && row != "x")
                break;
        }
    }

    private static Task RunAsync(ITenantSession session, string call)
    {
        var batch = session.CreateBatch();
        switch (call)
        {
            case "query":
                return session.QueryAsync<int>(Insert + Returning, cancellationToken: Token);
            case "single":
                return session.QuerySingleOrDefaultAsync<Guid>(Insert + Returning, cancellationToken: Token);
            case "single of several":
                return session.QuerySingleOrDefaultAsync<string>(
                    "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) SELECT 'committed' || i, 1, 'secret', now() "
                    + "FROM generate_series(1, 2) i RETURNING number", cancellationToken: Token);
            case "scalar":
                return session.ExecuteScalarAsync<int>(Insert + " RETURNING 'secret'", cancellationToken: Token);
            case "second of a batch":
                batch.AddExecute(Insert);
                batch.AddQuery<int>("SELECT 'secret'");
                return batch.ExecuteAsync(Token);
            case "first of a batch":
                batch.AddQuery<int>("SELECT 'secret'");
                batch.AddExecute(Insert);
                return batch.ExecuteAsync(Token);
            case "constructor that throws":
                return session.QueryAsync<InvoiceWithThrowingConstructor>(Insert + Returning, cancellationToken: Token);
            default:
                return session.QueryAsync<int>("SELECT public.writes()::text", cancellationToken: Token);
        }
    }

    private async Task PrepareAsync()
    {
        await fixture.SeedAsync();
        await fixture.AsSuperuserAsync($"""
            CREATE OR REPLACE FUNCTION public.writes() RETURNS text LANGUAGE sql AS $f$ {Insert}; SELECT 'secret' $f$;
            GRANT EXECUTE ON FUNCTION public.writes() TO tenant_role
            """);
    }

    private Task<long> CountAsync() => fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices WHERE number LIKE 'committed%'");

    private sealed class InvoiceWithThrowingConstructor
    {
        public InvoiceWithThrowingConstructor(string number) => throw new InvalidDataException($"{number} secret");
    }
}
