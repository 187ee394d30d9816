using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What one tenant leaves on a connection for the next: cursors, temporary tables, prepared statements.</summary>
public sealed class CursorTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string HoldRowsOfA = "DECLARE held CURSOR WITH HOLD FOR SELECT customer_name FROM public.invoices";

    [Fact]
    public async Task A_held_cursor_keeps_one_tenants_rows_on_a_bare_connection()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        await connection.RunAsync(HoldRowsOfA);
        await connection.RunAsync(Actor.TenantB.Sql(local: false));
        (await connection.ReadAsync("FETCH ALL FROM held")).Should().Contain(value => value.Contains(Seed.SecretOfA), "this is the hazard");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_held_cursor_is_gone_for_the_next_tenant_of_the_connection(bool noResetOnClose)
    {
        await using var single = NpgsqlDataSource.Create(fixture.Database.AppConnectionString.WithOneConnection(noResetOnClose));
        var factory = new TenantConnectionFactory(single);
        var token = TestContext.Current.CancellationToken;
        int pid;
        await using (var work = await factory.OpenConnectionAsync(fixture.ContextA, token))
        {
            await work.ExecuteAsync(HoldRowsOfA, cancellationToken: token);
            pid = work.Connection.ProcessID;
            await work.CommitAsync(token);
        }

        await using (var next = await factory.OpenConnectionAsync(fixture.ContextB, token))
        {
            next.Connection.ProcessID.Should().Be(pid, "else nothing is shown");
            (await next.Connection.SqlStateOfAsync("FETCH ALL FROM held")).Should().Be("34000");
        }

        await factory.CreateSession(fixture.ContextB).Invoking(s => s.QueryAsync<string>("FETCH ALL FROM held", cancellationToken: token))
            .Should().ThrowAsync<PostgresException>();
    }

    [Fact]
    public async Task A_temporary_table_is_refused_because_it_would_carry_rows_to_the_next_tenant()
    {
        const string carry = "CREATE TEMP TABLE carried AS SELECT customer_name FROM public.invoices";
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync(carry)).SqlState.Should().Be("42501");

        await using var granted = await Attack.StartAsync(fixture, Actor.TenantA, without: $"GRANT TEMPORARY ON DATABASE {fixture.Database.Name} TO PUBLIC");
        (await granted.TryAsync(carry)).SqlState.Should().BeNull();
        await granted.BecomeAsync(Actor.TenantB);
        (await granted.TryAsync("TABLE carried")).Shows(Seed.SecretOfA).Should().BeTrue();
    }

    [Fact]
    public async Task A_temporary_table_would_shadow_the_real_one()
    {
        const string shadow = "CREATE TEMP TABLE invoices AS SELECT 'shadow' AS customer_name";
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync(shadow)).SqlState.Should().Be("42501");

        await using var granted = await Attack.StartAsync(fixture, Actor.TenantA, without: $"GRANT TEMPORARY ON DATABASE {fixture.Database.Name} TO PUBLIC");
        await granted.TryAsync(shadow);
        (await granted.TryAsync("SELECT customer_name FROM invoices")).Values.Should().Equal("shadow");
    }
}
