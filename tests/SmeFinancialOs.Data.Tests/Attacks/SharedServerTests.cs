using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What a server shares out among all its sessions and no policy divides. None of it carries rows.</summary>
public sealed class SharedServerTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Known_limit_advisory_locks_know_no_organization()
    {
        await using var a = await fixture.OpenAsAsync(Actor.TenantA);
        await using var b = await fixture.OpenAsAsync(Actor.TenantB);
        await a.RunAsync("SELECT pg_advisory_lock(7)");
        (await b.ScalarAsync<bool>("SELECT pg_try_advisory_lock(7)")).Should().BeFalse("a host hashes the organization into the key");
    }

    [Fact]
    public async Task Known_limit_notifications_know_no_organization()
    {
        await using var a = await fixture.OpenAsAsync(Actor.TenantA);
        await using var b = await fixture.OpenAsAsync(Actor.TenantB);
        string? received = null;
        b.Notification += (_, notification) => received = notification.Payload;
        await b.RunAsync("LISTEN changes");
        await a.RunAsync($"NOTIFY changes, '{Seed.SecretOfA}'");
        await b.WaitAsync(Token);
        received.Should().Be(Seed.SecretOfA, "a payload is no place for a tenant's data");
    }

    [Fact]
    public async Task Known_limit_whoever_may_delete_rows_may_lock_the_table_for_everybody()
    {
        await using var a = await fixture.OpenAsAsync(Actor.TenantA);
        await using var b = await fixture.OpenAsAsync(Actor.TenantB);
        await a.RunAsync("BEGIN; LOCK TABLE public.invoices IN ACCESS EXCLUSIVE MODE");
        (await b.SqlStateOfAsync("BEGIN; LOCK TABLE public.invoices IN ACCESS SHARE MODE NOWAIT"))
            .Should().Be("55P03", "TenantConnectionOptions.LockTimeout ends the wait");
    }

    [Fact]
    public async Task The_demo_may_not_lock_tables()
    {
        await using var demo = await fixture.OpenAsAsync(Actor.Demo);
        (await demo.SqlStateOfAsync("BEGIN; LOCK TABLE public.invoices IN ACCESS EXCLUSIVE MODE")).Should().Be("42501");
    }

    [Theory]
    [InlineData("pg_cancel_backend")]
    [InlineData("pg_terminate_backend")]
    public async Task Tenants_cannot_end_the_sessions_of_others(string function)
    {
        await using var other = await fixture.OpenAsAsync(Actor.TenantB);
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.SqlStateOfAsync($"SELECT {function}({other.ProcessID})")).Should().Be("42501");
    }

    [Theory]
    [InlineData("pg_cancel_backend")]
    [InlineData("pg_terminate_backend")]
    public async Task The_bare_login_cannot_end_its_other_sessions_either(string function)
    {
        await using var other = await fixture.OpenAsAsync(Actor.TenantB);
        await using var connection = await fixture.OpenAsAppUserAsync();
        (await connection.SqlStateOfAsync($"SELECT {function}({other.ProcessID})")).Should().Be("42501");
    }

    [Fact]
    public async Task Reading_all_data_is_no_way_past_the_policies()
    {
        const string reader = "CREATE ROLE attack_reader LOGIN INHERIT; GRANT pg_read_all_data TO attack_reader";
        await using var trial = await Attack.StartAsync(fixture, new Actor("attack_reader", null, Seed.A), without: reader);
        (await trial.TryAsync("TABLE public.invoices")).Should().Match<Outcome>(outcome => outcome.Error == null && outcome.Values.Count == 0);

        await trial.Connection.RunAsync("RESET SESSION AUTHORIZATION; ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY; "
            + "SET LOCAL SESSION AUTHORIZATION attack_reader");
        (await trial.TryAsync("TABLE public.invoices")).Shows(Seed.SecretOfB).Should().BeTrue();
    }
}
