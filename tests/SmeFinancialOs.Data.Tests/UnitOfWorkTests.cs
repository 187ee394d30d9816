using System.Transactions;
using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class UnitOfWorkTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now())";

    private readonly string _number = Guid.NewGuid().ToString("N");

    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    private TenantContext B => TenantContext.ForOrganization(fixture.OrganizationB);

    [Fact]
    public async Task Settings_are_in_force_on_the_raw_connection_when_it_is_handed_out()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A.AsReadOnly());
        var (role, organization, readOnly) = await work.Connection.QuerySingleAsync<(string, Guid, string)>(
            "SELECT current_user::text, app.current_org_id(), current_setting('transaction_read_only')", transaction: work.Transaction);
        (role, organization, readOnly).Should().Be(("tenant_role", fixture.OrganizationA, "on"));
    }

    [Fact]
    public async Task Work_that_is_committed_stays()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
        {
            await work.Connection.ExecuteAsync(Insert, new { number = _number }, work.Transaction);
            await work.CommitAsync();
        }

        (await CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Work_that_is_not_committed_is_rolled_back()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
            await work.ExecuteAsync(Insert, new { number = _number });
        (await CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_twice_does_not_touch_the_work_of_whoever_has_the_connection_now(bool isCommitted)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var first = await factory.OpenConnectionAsync(A);
        var second = factory.BeginTransaction(A);
        if (isCommitted)
            await first.CommitAsync();
        await first.DisposeAsync();
        await second.ExecuteScalarAsync<int>("SELECT 1");
        if (isCommitted)
            await second.CommitAsync();
        await second.DisposeAsync();

        await using (var work = await factory.OpenConnectionAsync(A))
        {
            await work.ExecuteAsync(Insert, new { number = _number });
            await first.DisposeAsync();
            await second.DisposeAsync();
            first.Invoking(f => f.Transaction).Should().Throw<ObjectDisposedException>();
            first.Invoking(f => f.Connection).Should().Throw<ObjectDisposedException>();
            await work.CommitAsync();
        }

        (await CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Commit_after_a_failed_statement_is_an_error_not_a_silent_rollback()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.ExecuteAsync(Insert, new { number = _number });
        await work.Invoking(w => w.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();

        (await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<PostgresException>()).Which.SqlState
            .Should().Be(PostgresErrorCodes.InFailedSqlTransaction);
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Driver_alone_would_have_committed_a_failed_transaction_without_a_word()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.ExecuteAsync(Insert, new { number = _number });
        await work.Invoking(w => w.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();

        await work.Transaction.Invoking(transaction => transaction.CommitAsync()).Should().NotThrowAsync("this is what CommitAsync is there for");
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Savepoint_saves_the_work_before_a_failed_statement()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
        {
            await work.ExecuteAsync(Insert, new { number = _number });
            await work.Transaction.SaveAsync("before");
            await work.Invoking(w => w.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();
            await work.Transaction.RollbackAsync("before");
            await work.CommitAsync();
        }

        (await CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Committed_or_disposed_unit_of_work_does_nothing_more()
    {
        var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.CommitAsync();
        await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<InvalidOperationException>();
        await work.Invoking(w => w.ExecuteAsync(Insert, new { number = _number })).Should().ThrowAsync<InvalidOperationException>();
        await work.DisposeAsync();
        await work.DisposeAsync();
        await work.Invoking(w => w.ExecuteAsync(Insert, new { number = _number })).Should().ThrowAsync<InvalidOperationException>();
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Cancelled_statement_rolls_back_and_leaves_the_pool_healthy()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
        {
            await work.ExecuteAsync(Insert, new { number = _number });
            await work.Invoking(w => w.ExecuteAsync("SELECT pg_sleep(30)", null, cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();
        }

        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Killed_backend_rolls_back_and_dispose_does_not_throw()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
        {
            await work.ExecuteAsync(Insert, new { number = _number });
            await using var superuser = await fixture.OpenAsSuperuserAsync();
            await superuser.ExecuteAsync("SELECT pg_terminate_backend(@pid, 10000)", new { pid = work.Connection.ProcessID });
            await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<CommitOutcomeUnknownException>();
        }

        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Nested_open_is_a_unit_of_work_of_its_own()
    {
        await using var outer = await fixture.Factory.OpenConnectionAsync(A);
        await using (var inner = await fixture.Factory.OpenConnectionAsync(B))
        {
            inner.Connection.Should().NotBeSameAs(outer.Connection);
            (await inner.ExecuteScalarAsync<Guid>("SELECT app.current_org_id()")).Should().Be(fixture.OrganizationB);
            await inner.ExecuteAsync(Insert, new { number = _number });
            await inner.CommitAsync();
        }

        (await outer.ExecuteScalarAsync<Guid>("SELECT app.current_org_id()")).Should().Be(fixture.OrganizationA);
        (await CountAsync()).Should().Be(0, "the row is B's");
        (await CountAsync(B)).Should().Be(1);
    }

    [Fact]
    public async Task Ambient_context_that_changes_does_not_change_an_open_unit_of_work()
    {
        using var ambientA = AmbientTenantContext.Use(A);
        await using var work = await fixture.Factory.OpenConnectionAsync();
        using (AmbientTenantContext.Use(B))
        {
            work.Context.Should().Be(A);
            await work.Invoking(w => w.ExecuteScalarAsync<Guid>("SELECT app.current_org_id()")).Should().ThrowAsync<CapturedSessionException>();
            (await fixture.Factory.CreateSession().ExecuteScalarAsync<Guid>("SELECT app.current_org_id()")).Should().Be(fixture.OrganizationB);
        }

        (await work.ExecuteScalarAsync<Guid>("SELECT app.current_org_id()")).Should().Be(fixture.OrganizationA);
    }

    [Fact]
    public async Task Call_without_a_context_never_reaches_the_database()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=app_user");
        var factory = new TenantConnectionFactory(nowhere);
        await factory.Invoking(f => f.OpenConnectionAsync().AsTask()).Should().ThrowAsync<TenantContextMissingException>();
        factory.Invoking(f => f.CreateSession()).Should().Throw<TenantContextMissingException>();
        await factory.Invoking(f => f.OpenConnectionAsync((TenantContext)null!).AsTask()).Should().ThrowAsync<ArgumentNullException>();
        factory.Invoking(f => f.CreateSession(null!)).Should().Throw<ArgumentNullException>();
    }

    [Theory]
    [InlineData("SELECT set_config('app.current_org_id', @b::text, true)")]
    [InlineData("SELECT set_config('app.current_org_id', '', true)")]
    [InlineData("SET LOCAL ROLE demo_role")]
    [InlineData("RESET ROLE")]
    public async Task Unit_of_work_whose_tenant_or_role_was_changed_is_not_committed(string change)
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
        {
            await work.ExecuteAsync(Insert, new { number = _number });
            await work.ExecuteAsync(change.Replace("@b", $"'{fixture.OrganizationB}'", StringComparison.Ordinal));
            // RESET ROLE leaves a login that may not even ask
            (await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<TenantDataException>()).Which.SqlState.Should().BeOneOf("TD001", "42501");
        }

        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Ambient_transaction_is_refused_because_its_outcome_is_not_ours()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await fixture.Factory.CreateSession(A).Invoking(s => s.ExecuteAsync(Insert, new { number = _number }))
                .Should().ThrowAsync<InvalidOperationException>().WithMessage("*Suppress*");
            await fixture.Factory.Invoking(f => f.OpenConnectionAsync(A).AsTask()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*Suppress*");
            using var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
            await fixture.Factory.CreateSession(A).ExecuteAsync(Insert, new { number = _number });
        }

        (await CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Many_rows_of_parameters_run_in_the_transaction_of_the_unit_of_work()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
            (await work.ExecuteAsync(Insert, new[] { new { number = _number }, new { number = _number + "2" } })).Should().Be(2);
        (await CountAsync()).Should().Be(0);
    }

    private Task<long> CountAsync(TenantContext? context = null) =>
        fixture.Factory.CreateSession(context ?? A)
            .ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number LIKE @number || '%'", new { number = _number });
}
