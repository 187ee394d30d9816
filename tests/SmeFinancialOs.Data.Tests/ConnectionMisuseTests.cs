using System.IO.Pipelines;
using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>What a host does wrong with a unit of work costs nobody else anything. One connection: whatever is left on it, the next one gets.</summary>
public sealed class ConnectionMisuseTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncDisposable
{
    private const string Many = "SELECT org_id FROM invoices, generate_series(1, 20000)";

    private readonly NpgsqlDataSource _source =
        new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1;Timeout=1").UseTenantDefaults().Build();

    private TenantConnectionFactory Factory => new(_source);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [Fact]
    public async Task A_second_call_beside_the_first_is_refused()
    {
        await using var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var first = work.ExecuteAsync("SELECT pg_sleep(0.2)");

        await work.Invoking(unit => unit.ExecuteAsync("DELETE FROM invoices"))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*one caller at a time*");

        await first;
    }

    [Fact]
    public async Task A_call_beside_a_stream_is_refused()
    {
        await using var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        await foreach (var _ in work.QueryUnbufferedAsync<Guid>(Many))
        {
            await work.Invoking(unit => unit.ExecuteAsync("SELECT 1")).Should().ThrowAsync<InvalidOperationException>().WithMessage("*stream*open*");
            break;
        }

        (await work.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task Dispose_waits_for_the_call_under_way_and_rolls_it_back()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var running = work.ExecuteAsync("DELETE FROM invoices; SELECT pg_sleep(0.2)");

        await work.DisposeAsync();

        running.IsCompletedSuccessfully.Should().BeTrue();
        (await Factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices")).Should().BePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_outlives_its_unit_of_work_does_not_touch_the_next_tenants(bool movesOn)
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var old = work.QueryUnbufferedAsync<Guid>(Many).GetAsyncEnumerator();
        await old.MoveNextAsync();
        await work.DisposeAsync();

        await using var next = await Factory.OpenConnectionAsync(fixture.ContextB);
        var rows = 0;
        await foreach (var row in next.QueryUnbufferedAsync<Guid>(Many))
        {
            row.Should().Be(fixture.OrganizationB);
            if (rows++ > 0)
                continue;
            if (movesOn)
                await old.Invoking(stream => stream.MoveNextAsync().AsTask()).Should().ThrowAsync<ObjectDisposedException>();
            await old.DisposeAsync();
        }

        rows.Should().BeGreaterThanOrEqualTo(20_000);
    }

    [Fact]
    public async Task A_unit_of_work_that_is_disposed_inside_its_own_stream_ends_it()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var reading = async () =>
        {
            await foreach (var _ in work.QueryUnbufferedAsync<Guid>(Many))
                await work.DisposeAsync();
        };

        await reading.Should().ThrowAsync<ObjectDisposedException>();
        (await Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_its_host_has_closed_is_left_to_whoever_has_it_now()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        await work.ExecuteAsync("UPDATE invoices SET customer_name = 'never'");
        await work.Connection.CloseAsync();
        await using var next = await Factory.OpenConnectionAsync(fixture.ContextB);
        await next.ExecuteAsync("UPDATE invoices SET customer_name = 'kept'");

        await work.DisposeAsync();
        await next.CommitAsync();

        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE customer_name = 'never'")).Should().Be(0);
        (await fixture.TruthAsync<long>($"SELECT count(*) FROM invoices WHERE customer_name = 'kept' AND org_id = '{fixture.OrganizationB}'"))
            .Should().BePositive();
        await fixture.SeedAsync();
    }

    [Fact]
    public async Task A_raw_statement_under_way_at_the_end_answers_nobody_else()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var running = work.Connection.QueryAsync<Guid>("SELECT org_id FROM invoices, pg_sleep(0.2)");
        await work.DisposeAsync();

        for (var i = 0; i < 3; i++)
            (await Factory.CreateSession(fixture.ContextB).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationB);
        (await running).Should().OnlyContain(row => row == fixture.OrganizationA);
    }

    [Fact]
    public async Task A_raw_reader_that_is_left_open_gives_its_rows_to_nobody_else()
    {
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        await using var command = new NpgsqlCommand(Many, work.Connection);
        var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        await work.DisposeAsync();

        (await Factory.CreateSession(fixture.ContextB).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationB);
    }

    [Fact]
    public async Task A_connection_that_goes_while_a_row_is_read_is_a_connection_lost()
    {
        await using var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        ClosingRow.Connection = work.Connection;

        (await work.Invoking(unit => unit.QueryAsync<ClosingRow>("SELECT 1 AS first, 2 AS second")).Should().ThrowAsync<NpgsqlException>())
            .WithInnerException<IOException>();

        (await Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task Dispose_does_not_wait_for_a_copy_whose_reader_has_gone()
    {
        var pipe = new Pipe();
        var work = await Factory.OpenConnectionAsync(fixture.ContextA);
        var copy = work.ExportAsync($"COPY ({Many}) TO STDOUT", pipe.Writer.AsStream());
        await pipe.Reader.ReadAsync();

        await work.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await copy.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        (await Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    /// <summary>Does what a timer of Npgsql's may do at the same moment.</summary>
    private sealed class ClosingRow
    {
        public static NpgsqlConnection Connection { get; set; } = null!;

        public int First
        {
            get;
            set
            {
                field = value;
                Connection.Close();
            }
        }

        public int Second { get; set; }
    }
}
