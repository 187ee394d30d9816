using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class BatchTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, @cents, 'x', now())";
    private const string Count = "SELECT count(*) FROM invoices WHERE number = @number";

    private readonly string _number = Guid.NewGuid().ToString("N");

    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    private ITenantSession Session => fixture.Factory.CreateSession(A);

    /// <summary>Session, unit of work and transaction alike: what becomes of the work is asked before it is committed.</summary>
    public static TheoryData<string> Doors => ["session", "unit of work", "transaction", "second call of a transaction"];

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Each_statement_gives_its_own_result(string door)
    {
        await using var opened = await OpenAsync(door);
        var batch = opened.Session.CreateBatch();
        var none = batch.AddQuery<int>("SELECT 1 WHERE false");
        var inserted = batch.AddExecute(Insert, new { number = _number, cents = 5 });
        var many = batch.AddExecute(Insert, new[] { new { number = _number + "a", cents = 6 }, new { number = _number + "b", cents = 7 } });
        var noRows = batch.AddQuery<int>("UPDATE invoices SET amount_cents = amount_cents + 1 WHERE number = @number", new { number = _number });
        var returned = batch.AddExecute("UPDATE invoices SET amount_cents = amount_cents + 1 WHERE number = @number RETURNING id", new { number = _number });
        var cents = batch.AddExecuteScalar<long>("SELECT amount_cents FROM invoices WHERE number = @number", new { number = _number });
        var missing = batch.AddQuerySingleOrDefault<string>("SELECT 'x' WHERE false");
        var rows = batch.AddQuery<(string Number, long Cents)>("SELECT number, amount_cents FROM invoices WHERE number LIKE @like ORDER BY number",
            new { like = _number + "%" });
        var count = batch.AddExecute("SELECT 1");
        await batch.ExecuteAsync(TestContext.Current.CancellationToken);

        none.Value.Should().BeEmpty();
        inserted.Value.Should().Be(1);
        many.Value.Should().Be(2);
        noRows.Value.Should().BeEmpty();
        returned.Value.Should().Be(1);
        cents.Value.Should().Be(7);
        missing.Value.Should().BeNull();
        rows.Value.Should().Equal((_number, 7), (_number + "a", 6), (_number + "b", 7));
        count.Value.Should().BeLessThanOrEqualTo(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Max Auto Prepare=20;Auto Prepare Min Usages=2")]
    [InlineData(";No Reset On Close=true")]
    public async Task Results_stay_with_their_statements_when_prepared_and_pooled(string settings)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1" + settings);
        var factory = new TenantConnectionFactory(source);
        for (var round = 0; round < 8; round++)
        {
            var batch = factory.CreateSession(round % 2 == 0 ? A : TenantContext.ForOrganization(fixture.OrganizationB)).CreateBatch();
            var empty = batch.AddQuery<int>("SELECT 1 WHERE false");
            var organization = batch.AddExecuteScalar<Guid>("SELECT app.current_org_id()");
            var written = batch.AddExecute("UPDATE invoices SET customer_name = customer_name WHERE false");
            var one = batch.AddQuerySingleOrDefault<int>("SELECT 1");
            await batch.ExecuteAsync();

            empty.Value.Should().BeEmpty();
            organization.Value.Should().Be(round % 2 == 0 ? fixture.OrganizationA : fixture.OrganizationB);
            written.Value.Should().Be(0);
            one.Value.Should().Be(1);
        }
    }

    [Fact]
    public async Task Fault_in_a_later_statement_leaves_nothing_of_the_earlier_ones()
    {
        var batch = Session.CreateBatch();
        var inserted = batch.AddExecute(Insert, new { number = _number, cents = 1 });
        batch.AddExecuteScalar<int>("SELECT 1 / @zero", new { zero = 0 });
        batch.AddExecute(Insert, new { number = _number + "later", cents = 1 });

        (await batch.Invoking(b => b.ExecuteAsync()).Should().ThrowAsync<InvalidValueException>()).Which.SqlState
            .Should().Be(PostgresErrorCodes.DivisionByZero);
        inserted.Invoking(result => result.Value).Should().Throw<InvalidOperationException>();
        (await Session.ExecuteScalarAsync<long>(Count, new { number = _number })).Should().Be(0);
    }

    [Fact]
    public async Task Several_statements_in_one_text_share_their_parameters_and_have_one_result()
    {
        var batch = Session.CreateBatch();
        batch.AddExecute(Insert, new { number = _number, cents = 1 });
        var deleted = batch.AddExecute("UPDATE invoices SET status = @status WHERE number = @number; DELETE FROM invoices WHERE number = @number",
            new { number = _number, status = "paid" });
        var first = batch.AddQuery<int>("SELECT 1; SELECT 2");
        var last = batch.AddExecuteScalar<int>("SELECT 3");
        await batch.ExecuteAsync();
        (deleted.Value, last.Value).Should().Be((2, 3));
        first.Value.Should().Equal(1);
    }

    [Fact]
    public async Task Thousands_of_statements_are_one_batch()
    {
        var batch = Session.CreateBatch();
        var all = Enumerable.Range(0, 3000).Select(i => batch.AddExecuteScalar<string>("SELECT @text", new { text = new string('x', 200) + i })).ToList();
        await batch.ExecuteAsync();
        all.Select(result => result.Value).Should().Equal(Enumerable.Range(0, 3000).Select(i => new string('x', 200) + i));
    }

    [Fact]
    public async Task Batch_is_for_one_use_and_for_at_least_one_statement()
    {
        var batch = Session.CreateBatch();
        await batch.Invoking(b => b.ExecuteAsync()).Should().ThrowAsync<InvalidOperationException>();
        var one = batch.AddExecuteScalar<int>("SELECT 1");
        one.Invoking(result => result.Value).Should().Throw<InvalidOperationException>();
        await batch.ExecuteAsync();
        await batch.Invoking(b => b.ExecuteAsync()).Should().ThrowAsync<InvalidOperationException>();
        batch.Invoking(b => b.AddExecuteScalar<int>("SELECT 1")).Should().Throw<InvalidOperationException>();
        batch.Invoking(b => b.AddExecuteScalar<int>(" ")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Comments_between_statements_are_passed_over_and_no_result_moves_to_another_statement()
    {
        var batch = Session.CreateBatch();
        var first = batch.AddQuery<int>("-- nothing to run;\n; SELECT 1; /* nor here */;");
        var second = batch.AddExecuteScalar<int>("SELECT 2 -- the end");
        await batch.ExecuteAsync();
        first.Value.Should().Equal(1);
        second.Value.Should().Be(2);
    }

    private async Task<Opened> OpenAsync(string door)
    {
        switch (door)
        {
            case "session":
                return new Opened(Session, null);
            case "unit of work":
                var work = await fixture.Factory.OpenConnectionAsync(A);
                return new Opened(work, work);
            default:
                var transaction = fixture.Factory.BeginTransaction(A);
                if (door != "transaction")
                    await transaction.ExecuteScalarAsync<int>("SELECT 1");
                return new Opened(transaction, transaction);
        }
    }

    private sealed record Opened(ITenantSession Session, IAsyncDisposable? Work) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Work?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
