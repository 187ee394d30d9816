using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>RollbackAsync of both kinds of units of work.</summary>
public sealed class RollbackTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Write = "UPDATE invoices SET status = 'paid'";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollback_undoes_a_unit_of_work_and_ends_it()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.ExecuteAsync(Write, cancellationToken: Token);
        await work.RollbackAsync(Token);

        (await PaidAsync()).Should().Be(0);
        await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*rolled back before*");
        await work.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*rolled back before*");
        await work.Invoking(w => w.ExecuteAsync(Write, cancellationToken: Token)).Should().ThrowAsync<InvalidOperationException>();
        (await PaidAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Rollback_undoes_a_transaction_and_ends_it()
    {
        await using var work = fixture.Factory.BeginTransaction(fixture.ContextA);
        await work.ExecuteAsync(Write, cancellationToken: Token);
        await work.RollbackAsync(Token);

        (await PaidAsync()).Should().Be(0);
        await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*rolled back before*");
        await work.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*rolled back before*");
        await work.Invoking(w => w.ExecuteAsync(Write, cancellationToken: Token))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*rolled back before*");
    }

    [Fact]
    public async Task Rollback_ends_a_transaction_in_which_nothing_was_run()
    {
        await using var work = fixture.Factory.BeginTransaction(fixture.ContextA);
        await work.RollbackAsync(Token);
        await work.Invoking(w => w.ExecuteAsync(Write, cancellationToken: Token))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*rolled back before*");
    }

    [Fact]
    public async Task Rollback_ends_a_unit_of_work_that_has_failed()
    {
        foreach (var raw in (bool[])[false, true])
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
            await work.ExecuteAsync(Write, cancellationToken: Token);
            await Record.ExceptionAsync(() => raw ? work.Connection.ExecuteAsync("SELECT 1/0") : work.ExecuteAsync("SELECT 1/0", cancellationToken: Token));
            await work.RollbackAsync(Token);
        }

        (await PaidAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Rollback_after_a_commit_or_the_end_is_refused()
    {
        await using var committed = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await committed.CommitAsync(Token);
        await committed.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*committed or rolled back before*");
        var disposed = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await disposed.DisposeAsync();
        await disposed.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<ObjectDisposedException>();
        var ended = fixture.Factory.BeginTransaction(fixture.ContextA);
        await ended.DisposeAsync();
        await ended.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("ROLLBACK")]
    public async Task Rollback_reports_that_SQL_has_ended_the_transaction(string sql)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.Connection.ExecuteAsync(sql);
        var refused = await work.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<TransactionControlException>();
        refused.Which.MayBePartlyCommitted.Should().BeTrue();
    }

    [Fact]
    public async Task Rollback_beside_another_call_or_an_open_stream_is_refused()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        await using (var rows = work.QueryUnbufferedAsync<int>("SELECT generate_series(1, 3)", cancellationToken: Token).GetAsyncEnumerator(Token))
        {
            await rows.MoveNextAsync();
            await work.Invoking(w => w.RollbackAsync(Token)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*stream*");
        }

        await work.RollbackAsync(Token);
    }

    [Fact]
    public async Task Rollback_leaves_the_connection_clean_for_the_next_user()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.ExecuteAsync("SELECT set_config('default_transaction_read_only', 'on', false)", cancellationToken: Token);
            await work.RollbackAsync(Token);
        }

        await using var next = fixture.Factory.BeginTransaction(fixture.ContextB);
        (await next.ExecuteAsync(Write, cancellationToken: Token)).Should().Be(Seed.InvoicesEach);
        await next.RollbackAsync(Token);
    }

    private Task<long> PaidAsync() => fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE status = 'paid'");
}
