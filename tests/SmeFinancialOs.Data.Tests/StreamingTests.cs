using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class StreamingTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    /// <summary>About 100 MB: more than any buffer between here and the server takes.</summary>
    private const string Endless = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)";

    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    [Fact]
    public async Task Stream_gives_the_tenants_rows_alone()
    {
        var streamed = await fixture.Factory.CreateSession(A).QueryUnbufferedAsync<Guid>("SELECT org_id FROM invoices").ToListAsync();
        streamed.Should().NotBeEmpty().And.OnlyContain(organization => organization == fixture.OrganizationA);
    }

    [Fact]
    public async Task Rows_are_not_held_in_memory()
    {
        var session = fixture.Factory.CreateSession(A);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var rows = 0;
        var most = 0L;
        await foreach (var row in session.QueryUnbufferedAsync<string>(Endless))
        {
            if (++rows % 10_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        rows.Should().Be(100_000);
        most.Should().BeLessThan(20_000_000, "the rows together are 200 MB of text");
    }

    [Fact]
    public async Task First_row_arrives_before_the_last_is_made()
    {
        var session = fixture.Factory.CreateSession(A);
        await using var rows = session.QueryUnbufferedAsync<int>("SELECT i FROM generate_series(1, 20000) i WHERE i < 19000 OR pg_sleep(30) IS NULL")
            .GetAsyncEnumerator();
        (await rows.MoveNextAsync()).Should().BeTrue();
        rows.Current.Should().Be(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Max Auto Prepare=20;Auto Prepare Min Usages=2")]
    public async Task Connection_is_good_for_the_next_tenant_when_the_stream_is_left_early(string settings)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1" + settings);
        var factory = new TenantConnectionFactory(source);
        for (var round = 0; round < 5; round++)
        {
            await foreach (var row in factory.CreateSession(A).QueryUnbufferedAsync<string>(Endless))
                break;
            (await factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationB)).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices"))
                .Should().Equal(fixture.OrganizationB);
        }
    }

    [Fact]
    public async Task Stream_left_early_does_not_take_the_unit_of_work_with_it()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await foreach (var row in work.QueryUnbufferedAsync<int>("SELECT generate_series(1, 50000)"))
            break;
        (await work.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
        await work.CommitAsync();
    }

    [Fact]
    public async Task Fault_in_the_middle_reaches_the_reader()
    {
        var read = new List<int>();
        var session = fixture.Factory.CreateSession(A);
        var reading = async () =>
        {
            await foreach (var row in session.QueryUnbufferedAsync<int>("SELECT 10 / (5000 - i) FROM generate_series(1, 9000) i"))
                read.Add(row);
        };
        (await reading.Should().ThrowAsync<InvalidValueException>()).Which.SqlState.Should().Be(PostgresErrorCodes.DivisionByZero);
        read.Should().NotBeEmpty();
        await session.Invoking(s => s.QueryUnbufferedAsync<int>("SELECT 1; SELECT 1 / 0").ToListAsync().AsTask()).Should().ThrowAsync<InvalidValueException>();
    }

    [Fact]
    public async Task Cancelling_ends_the_stream()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = async () =>
        {
            await foreach (var row in fixture.Factory.CreateSession(A).QueryUnbufferedAsync<string>(Endless).WithCancellation(cancellation.Token))
                await cancellation.CancelAsync();
        };
        await reading.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Statement_without_rows_is_an_empty_stream()
    {
        await using var work = fixture.Factory.BeginTransaction(A);
        (await work.QueryUnbufferedAsync<int>("UPDATE invoices SET amount_cents = 1 WHERE false").ToListAsync()).Should().BeEmpty();
    }
}
