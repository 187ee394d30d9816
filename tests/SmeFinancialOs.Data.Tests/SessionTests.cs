using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class SessionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now())";

    private ITenantSession Session => fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));

    [Theory]
    [InlineData("")]
    [InlineData(";No Reset On Close=true")] // nobody else cleans up
    public async Task Call_runs_as_its_role_and_tenant_and_leaves_neither_behind(string settings)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1" + settings);
        var session = new TenantConnectionFactory(source).CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));

        (await session.QuerySingleOrDefaultAsync<(string, Guid)>("SELECT current_user::text, app.current_org_id()"))
            .Should().Be(("tenant_role", fixture.OrganizationA));

        await using var connection = await source.OpenConnectionAsync();
        (await connection.QuerySingleAsync<(string, string)>("SELECT current_user::text, coalesce(current_setting('app.current_org_id', true), '')"))
            .Should().Be(("app_user", ""));
    }

    [Fact]
    public async Task Write_is_committed_when_the_call_returns()
    {
        var number = Guid.NewGuid().ToString("N");
        (await Session.ExecuteAsync("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now())", new { number }))
            .Should().Be(1);
        (await Session.ExecuteScalarAsync<Guid>("SELECT org_id FROM invoices WHERE number = @number", new { number })).Should().Be(fixture.OrganizationA);
    }

    [Fact]
    public async Task Fault_in_one_of_several_statements_leaves_nothing()
    {
        var number = Guid.NewGuid().ToString("N");
        var call = () => Session.ExecuteAsync(
            "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now()); SELECT 1 / @zero;",
            new { number, zero = 0 });

        (await call.Should().ThrowAsync<InvalidValueException>()).Which.SqlState.Should().Be(PostgresErrorCodes.DivisionByZero);
        (await Session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = @number", new { number })).Should().Be(0);
    }

    [Fact]
    public async Task Fault_after_the_first_row_reaches_the_caller_of_a_scalar() =>
        await Session.Invoking(session => session.ExecuteScalarAsync<int>("SELECT 1 / (2 - i) FROM generate_series(1, 3) i"))
            .Should().ThrowAsync<InvalidValueException>();

    [Fact]
    public async Task Several_statements_run_under_the_context_and_give_their_first_result()
    {
        (await Session.QueryAsync<Guid>("SELECT app.current_org_id(); SELECT gen_random_uuid();")).Should().Equal(fixture.OrganizationA);
        (await Session.ExecuteScalarAsync<string>("SELECT ';' || @text; ", new { text = "x;y" })).Should().Be(";x;y");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_and_unit_of_work_understand_the_same_parameters(bool oneTrip)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForOrganization(fixture.OrganizationA));
        var session = oneTrip ? Session : work;
        (await session.QueryAsync<int>("SELECT i FROM generate_series(1, 9) i WHERE i = ANY(@wanted)", new { wanted = new[] { 3, 5 } })).Should().Equal(3, 5);
        (await session.ExecuteScalarAsync<int>("SELECT @a + @b", new Dictionary<string, object> { ["a"] = 1, ["b"] = 2 })).Should().Be(3);
        var dynamic = new DynamicParameters();
        dynamic.Add("day", new DateOnly(2026, 2, 3));
        (await session.ExecuteScalarAsync<DateOnly>("SELECT @day::date", dynamic)).Should().Be(new DateOnly(2026, 2, 3));
        (await session.ExecuteScalarAsync<string>("SELECT @nothing::text", new { nothing = (string?)null })).Should().BeNull();
        (await session.ExecuteScalarAsync<int?>("SELECT 1 WHERE false")).Should().BeNull();
        (await session.QuerySingleOrDefaultAsync<string>("SELECT 'x' WHERE false")).Should().BeNull();
        (await session.QueryAsync<int>("UPDATE invoices SET amount_cents = 1 WHERE false")).Should().BeEmpty();
    }

    [Fact]
    public async Task More_than_one_row_for_a_single_is_an_error()
    {
        (await Session.Invoking(session => session.QuerySingleOrDefaultAsync<int>("SELECT generate_series(1, 2)"))
            .Should().ThrowAsync<WorkCommittedException>())
            .WithInnerException<InvalidOperationException>();
        var reader = fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA).AsReadOnly());
        await reader.Invoking(session => session.QuerySingleOrDefaultAsync<int>("SELECT generate_series(1, 2)"))
            .Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task List_of_parameter_sets_runs_the_statement_for_each_in_one_transaction()
    {
        var wanted = Enumerable.Range(0, 3).Select(_ => new { number = Guid.NewGuid().ToString("N") }).ToArray();
        (await Session.ExecuteAsync(Insert, wanted)).Should().Be(3);
        (await CountAsync(wanted.Select(w => w.number))).Should().Be(3);

        var twice = Guid.NewGuid().ToString("N");
        await Session.Invoking(s => s.ExecuteAsync(Insert, new[] { new { number = twice }, new { number = twice } }))
            .Should().ThrowAsync<DuplicateKeyException>();
        (await CountAsync([twice])).Should().Be(0);
        (await Session.ExecuteAsync(Insert, Array.Empty<object>())).Should().Be(0);
    }

    [Fact]
    public async Task List_of_parameter_sets_is_refused_for_a_query()
    {
        var call = () => Session.QueryAsync<int>("SELECT @value", new[] { new { value = 1 }, new { value = 2 } });
        await call.Should().ThrowAsync<ArgumentException>().WithMessage("*ANY(@values)*");
    }

    [Fact]
    public async Task Rows_are_mapped_as_Dapper_maps_them()
    {
        (await Session.QueryAsync<long>("SELECT 7::int")).Should().Equal(7L);
        (await Session.QueryAsync<int?>("SELECT NULL::int UNION ALL SELECT 1 ORDER BY 1")).Should().Equal(1, null);
        (await Session.QueryAsync<DayOfWeek>("SELECT 2")).Should().Equal(DayOfWeek.Tuesday);
        (await Session.QueryAsync<(int, string)>("SELECT 1, 'x'")).Should().Equal((1, "x"));
        ((int)(await Session.QueryAsync<dynamic>("SELECT 5 AS five")).Single().five).Should().Be(5);
        (await Session.ExecuteScalarAsync<object>("SELECT 5 AS five")).Should().Be(5);
        (await Session.QueryAsync<Named>("SELECT 1 AS id, 'y' AS name")).Should().Equal(new Named(1, "y"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task Blank_statement_is_refused(string? sql) =>
        await Session.Invoking(session => session.ExecuteAsync(sql!)).Should().ThrowAsync<ArgumentException>();

    [Fact]
    public async Task Read_only_context_cannot_write_nor_leave_its_mode()
    {
        var session = fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA).AsReadOnly());
        (await session.Invoking(s => s.ExecuteAsync("DELETE FROM invoices")).Should().ThrowAsync<TenantAccessDeniedException>())
            .Which.SqlState.Should().Be(PostgresErrorCodes.ReadOnlySqlTransaction);
        await session.Invoking(s => s.ExecuteAsync("SET LOCAL transaction_read_only = off; DELETE FROM invoices")).Should().ThrowAsync<PostgresException>();
        await session.Invoking(s => s.ExecuteAsync("SELECT set_config('transaction_read_only', 'off', true)")).Should().ThrowAsync<PostgresException>();
    }

    [Fact]
    public async Task Timeouts_of_the_options_are_in_force_for_the_statement()
    {
        var options = new TenantConnectionOptions
        {
            StatementTimeout = TimeSpan.FromMilliseconds(300),
            LockTimeout = TimeSpan.FromSeconds(7),
            IdleInTransactionTimeout = TimeSpan.FromMinutes(2),
        };
        var session = new TenantConnectionFactory(fixture.AppDataSource, options).CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));

        (await session.QuerySingleOrDefaultAsync<(string, string, string)>(
            "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"))
            .Should().Be(("300ms", "7s", "2min"));
        (await session.Invoking(s => s.ExecuteAsync("SELECT pg_sleep(30)")).Should().ThrowAsync<PostgresException>()).Which.SqlState
            .Should().Be(PostgresErrorCodes.QueryCanceled);
    }

    [Fact]
    public async Task Cancelled_call_leaves_nothing_and_the_session_usable()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var number = Guid.NewGuid().ToString("N");
        await Session.Invoking(session => session.ExecuteAsync(
            "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now()); SELECT pg_sleep(30)",
            new { number }, cancellation.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        (await Session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = @number", new { number })).Should().Be(0);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(";No Reset On Close=true", false)]
    [InlineData(";No Reset On Close=true", true)]
    public async Task Cursor_left_open_by_one_tenant_is_closed_before_the_next_one(string settings, bool transactionPooling)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1" + settings);
        var factory = new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = transactionPooling });
        await factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA))
            .ExecuteAsync("DECLARE left_open CURSOR WITH HOLD FOR SELECT * FROM invoices");

        var b = TenantContext.ForOrganization(fixture.OrganizationB);
        await factory.CreateSession(b).Invoking(s => s.QueryAsync<object>("FETCH ALL FROM left_open"))
            .Should().ThrowAsync<PostgresException>().WithMessage("34000*");
        await using var work = await factory.OpenConnectionAsync(b);
        await work.Invoking(w => w.QueryAsync<object>("FETCH ALL FROM left_open")).Should().ThrowAsync<PostgresException>().WithMessage("34000*");
    }

    [Fact]
    public async Task Cursor_with_hold_would_carry_rows_to_the_next_tenant_of_its_connection()
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString
            + ";Maximum Pool Size=1").UseTenantDefaults(transactionPooling: true).Build();
        var factory = new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = true });
        await factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA))
            .ExecuteAsync("DECLARE left_open CURSOR WITH HOLD FOR SELECT org_id FROM invoices");

        await using var connection = await source.OpenConnectionAsync();
        (await connection.QueryAsync<Guid>("FETCH ALL FROM left_open")).Should().Contain(fixture.OrganizationA, "this is what CLOSE ALL is there for");
    }

    [Fact]
    public async Task Token_cancelled_before_the_call_opens_no_connection() =>
        await Session.Invoking(session => session.ExecuteAsync("SELECT 1", null, new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();

    private Task<long> CountAsync(IEnumerable<string> numbers) =>
        Session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = ANY(@numbers)", new { numbers = numbers.ToArray() });

    private sealed record Named(int Id, string Name);
}
