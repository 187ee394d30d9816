using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class TransactionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', now())";

    private readonly string _number = Guid.NewGuid().ToString("N");

    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    [Theory]
    [InlineData("")]
    [InlineData(";No Reset On Close=true")]
    public async Task Settings_are_in_force_from_the_first_statement_to_the_last(string settings)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1" + settings);
        var factory = new TenantConnectionFactory(source);
        await using (var transaction = factory.BeginTransaction(A.AsReadOnly()))
        {
            for (var call = 0; call < 3; call++)
            {
                (await transaction.QuerySingleOrDefaultAsync<(string, Guid, string)>(
                    "SELECT current_user::text, app.current_org_id(), current_setting('transaction_read_only')"))
                    .Should().Be(("tenant_role", fixture.OrganizationA, "on"));
            }
        }

        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT current_user || coalesce(current_setting('app.current_org_id', true), '')", connection);
        (await command.ExecuteScalarAsync()).Should().Be("app_user");
    }

    [Fact]
    public async Task Only_what_is_committed_stays()
    {
        await using (var dropped = fixture.Factory.BeginTransaction(A))
            await dropped.ExecuteAsync(Insert, new { number = _number });
        (await CountAsync()).Should().Be(0);

        await using (var kept = fixture.Factory.BeginTransaction(A))
        {
            await kept.ExecuteAsync(Insert, new { number = _number });
            await kept.ExecuteAsync("UPDATE invoices SET amount_cents = 2 WHERE number = @number", new { number = _number });
            await kept.CommitAsync();
            await kept.Invoking(t => t.ExecuteAsync("SELECT 1")).Should().ThrowAsync<InvalidOperationException>();
            await kept.Invoking(t => t.CommitAsync()).Should().ThrowAsync<InvalidOperationException>();
        }

        (await CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task First_statement_that_fails_leaves_nothing_to_commit_and_no_second_chance()
    {
        await using var transaction = fixture.Factory.BeginTransaction(A);
        await transaction.Invoking(t => t.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();
        await transaction.Invoking(t => t.ExecuteAsync(Insert, new { number = _number })).Should().ThrowAsync<PostgresException>().WithMessage("25P02*");
        await transaction.Invoking(t => t.CommitAsync()).Should().ThrowAsync<InvalidOperationException>();
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Empty_list_of_parameters_sends_nothing_and_puts_nothing_in_force()
    {
        await using var transaction = fixture.Factory.BeginTransaction(A);
        (await transaction.ExecuteAsync(Insert, Array.Empty<object>())).Should().Be(0);
        (await transaction.QuerySingleOrDefaultAsync<(string, Guid)>("SELECT current_user::text, app.current_org_id()"))
            .Should().Be(("tenant_role", fixture.OrganizationA));

        await using var empty = fixture.Factory.BeginTransaction(A);
        await empty.ExecuteAsync(Insert, Array.Empty<object>());
        await empty.CommitAsync();
    }

    [Fact]
    public async Task Statement_that_could_not_be_sent_lets_nothing_run_without_a_tenant()
    {
        await using var transaction = fixture.Factory.BeginTransaction(A);
        await transaction.Invoking(t => t.ExecuteAsync(" ")).Should().ThrowAsync<ArgumentException>();
        (await transaction.QuerySingleOrDefaultAsync<(string, Guid)>("SELECT current_user::text, app.current_org_id()"))
            .Should().Be(("tenant_role", fixture.OrganizationA));

        await using var broken = fixture.Factory.BeginTransaction(A);
        // Npgsql refuses the value while it writes the message, and ends the transaction.
        await broken.Invoking(t => t.ExecuteAsync("SELECT @value", new { value = new object() })).Should().ThrowAsync<InvalidCastException>();
        await broken.Invoking(t => t.ExecuteScalarAsync<string>("SELECT current_user")).Should().ThrowAsync<InvalidOperationException>();
        await broken.Invoking(t => t.CommitAsync()).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task Later_failure_is_not_committed_silently()
    {
        await using var transaction = fixture.Factory.BeginTransaction(A);
        await transaction.ExecuteAsync(Insert, new { number = _number });
        await transaction.Invoking(t => t.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();
        await transaction.Invoking(t => t.CommitAsync()).Should().ThrowAsync<PostgresException>().WithMessage("25P02*");
        (await CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("SELECT set_config('app.current_org_id', '00000000-0000-0000-0000-00000000000b', true)")]
    [InlineData("RESET ROLE")]
    public async Task Changed_tenant_or_role_is_not_committed(string attack)
    {
        await using (var transaction = fixture.Factory.BeginTransaction(A))
        {
            await transaction.ExecuteAsync(Insert, new { number = _number });
            await transaction.ExecuteAsync(attack);
            await transaction.Invoking(t => t.CommitAsync()).Should().ThrowAsync<TenantDataException>();
        }

        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Second_call_at_once_is_refused_and_no_connection_is_lost()
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=2;Timeout=5");
        var factory = new TenantConnectionFactory(source);
        for (var round = 0; round < 10; round++)
        {
            await using var transaction = factory.BeginTransaction(A);
            Task[] calls = [.. Enumerable.Range(0, 4).Select(_ => transaction.ExecuteScalarAsync<string>("SELECT pg_sleep(0.01)::text"))];
            // Ours while the connection is being opened, Npgsql's when a command is on its way.
            var refused = await Task.WhenAll(calls).Invoking(all => all).Should().ThrowAsync<Exception>();
            refused.Which.Should().Match(fault => fault is InvalidOperationException || fault is NpgsqlOperationInProgressException);
        }

        (await factory.CreateSession(A).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Fact]
    public async Task Copy_as_the_first_statement_is_filtered_too()
    {
        using var copied = new MemoryStream();
        await using var transaction = fixture.Factory.BeginTransaction(A);
        await transaction.ExportAsync("COPY (SELECT DISTINCT org_id FROM invoices) TO STDOUT", copied);
        System.Text.Encoding.UTF8.GetString(copied.ToArray()).Trim().Should().Be(fixture.OrganizationA.ToString());
    }

    [Fact]
    public async Task Admin_transaction_is_logged_before_its_first_statement()
    {
        var reason = $"ticket {_number}";
        await using var transaction = fixture.Factory.BeginTransaction(TenantContext.ForAdmin("alice", reason));
        (await fixture.TruthAsync<long>($"SELECT count(*) FROM app.admin_access_log WHERE reason = '{reason}'")).Should().Be(0);
        await transaction.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices");
        (await fixture.TruthAsync<long>($"SELECT count(*) FROM app.admin_access_log WHERE reason = '{reason}'")).Should().Be(1);
    }

    private Task<long> CountAsync() =>
        fixture.Factory.CreateSession(A).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = @number", new { number = _number });
}
