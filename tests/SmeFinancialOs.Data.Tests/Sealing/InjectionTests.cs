using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>Every injection, as the host's own login in a unit of work of A: against the plain mode, where it succeeds, and against the sealed one.</summary>
public sealed class InjectionTests(TenantDatabaseFixture plain, SealedDatabaseFixture @sealed) : IClassFixture<TenantDatabaseFixture>,
    IClassFixture<SealedDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Reads => [.. Injections.Reads];

    public static TheoryData<string> Writes => [.. Injections.Writes];

    public static TheoryData<string, string> Switched => new(Injections.Switches.SelectMany(_ => Injections.Reads, (way, read) => (way, read)));

    public static TheoryData<string, string> SwitchedWrites => new(Injections.Switches.SelectMany(_ => Injections.Writes, (way, write) => (way, write)));

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Injection_in_plain_mode_reads_another_tenant(string injection) =>
        (await ReadAsync(plain, plain.ContextA, injection.Replace(Injections.Switch, Injections.Switches[0], StringComparison.Ordinal))).Shows(Seed.SecretOfB)
            .Should().BeTrue();

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Injection_in_plain_mode_writes_another_tenant(string injection)
    {
        await ReadAsync(plain, plain.ContextA, injection.Replace(Injections.Switch, Injections.Switches[0], StringComparison.Ordinal));
        (await InjectedAsync(plain)).Should().Be(1);
        await plain.SeedAsync();
    }

    [Theory]
    [MemberData(nameof(Switched))]
    public async Task Injection_into_a_sealed_context_reads_no_other_tenant(string way, string injection)
    {
        var outcome = await ReadAsync(@sealed, @sealed.ContextA, injection.Replace(Injections.Switch, way, StringComparison.Ordinal));
        outcome.Shows(Seed.SecretOfB).Should().BeFalse();
        outcome.Shows(Seed.SecretOfDemo).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(SwitchedWrites))]
    public async Task Injection_into_a_sealed_context_writes_no_other_tenant(string way, string injection)
    {
        await ReadAsync(@sealed, @sealed.ContextA, injection.Replace(Injections.Switch, way, StringComparison.Ordinal));
        (await InjectedAsync(@sealed)).Should().Be(0);
    }

    [Theory]
    // The role counts when a statement is planned, so the injected one has to plan another.
    [InlineData("SELECT set_config('role', 'demo_role', true) || query_to_xml('SELECT customer_name FROM public.invoices', true, true, '')::text")]
    [InlineData("SET LOCAL ROLE demo_role; SELECT customer_name FROM public.invoices")]
    [InlineData("COMMIT; SET ROLE demo_role; SELECT customer_name FROM public.invoices")]
    [InlineData("SET LOCAL ROLE demo_role; SET LOCAL app.context_token = ''; SET LOCAL app.current_org_id = ''; SELECT customer_name FROM public.invoices")]
    public async Task A_tenant_becomes_the_demo_in_plain_mode_alone(string injection)
    {
        (await ReadAsync(plain, plain.ContextA, injection)).Shows(Seed.SecretOfDemo).Should().BeTrue();
        (await ReadAsync(@sealed, @sealed.ContextA, injection)).Shows(Seed.SecretOfDemo).Should().BeFalse();
    }

    [Theory]
    [InlineData($"SET LOCAL ROLE tenant_role; SELECT set_config('app.current_org_id', '{Seed.B}', true); SELECT customer_name FROM public.invoices")]
    [InlineData($"SELECT set_config('role', 'tenant_role', true) || set_config('app.current_org_id', '{Seed.B}', true) || query_to_xml('SELECT customer_name "
        + "FROM public.invoices', true, true, '')::text")]
    [InlineData($"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{Seed.B}'; SELECT customer_name FROM public.invoices")]
    public async Task The_demo_becomes_a_tenant_in_plain_mode_alone(string injection)
    {
        (await ReadAsync(plain, TenantContext.Demo, injection)).Shows(Seed.SecretOfB).Should().BeTrue();
        (await ReadAsync(@sealed, TenantContext.Demo, injection)).Shows(Seed.SecretOfB).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    // The token of before, and the setting, carried over.
    [InlineData(
        "SELECT set_config('x.token', current_setting('app.context_token', true), false), set_config('x.org', current_setting('app.current_org_id'), false);")]
    public async Task A_read_only_context_writes_in_plain_mode_alone(string before)
    {
        var injection = $"{before} COMMIT; BEGIN; SELECT set_config('app.context_token', current_setting('x.token', true), true), "
            + $"set_config('app.current_org_id', '{Seed.A}', true);"
            + $"SET LOCAL ROLE tenant_role; {Seed.Insert(Seed.A, "injected")}; COMMIT";
        foreach (var (fixture, written) in new[] { (plain, 1), (@sealed, 0) })
        {
            await ReadAsync(fixture, fixture.ContextA.AsReadOnly(), injection);
            (await InjectedAsync(fixture)).Should().Be(written);
            await fixture.SeedAsync();
        }
    }

    [Fact]
    public async Task A_read_only_admin_writes_in_plain_mode_alone()
    {
        var injection = $"COMMIT; BEGIN; SET LOCAL ROLE admin_role; {Seed.Insert(Seed.B, "injected")}; COMMIT";
        foreach (var (fixture, written) in new[] { (plain, 1), (@sealed, 0) })
        {
            await ReadAsync(fixture, TenantContext.ForAdmin("operator", "test"), injection);
            (await InjectedAsync(fixture)).Should().Be(written);
            await fixture.SeedAsync();
        }
    }

    [Fact]
    public async Task Without_a_signature_the_login_of_admins_sees_nothing()
    {
        foreach (var (fixture, sees) in new[] { (plain, true), (@sealed, false) })
        {
            await using var connection = await fixture.OpenAsAdminUserAsync();
            (await connection.ReadAsync("SET ROLE admin_role; SELECT customer_name FROM public.invoices")).Any().Should().Be(sees);
        }
    }

    [Fact]
    public async Task A_session_call_commits_nothing_for_another_tenant()
    {
        var injection = $"SELECT {Injections.Switches[0]}; {Seed.Insert(Seed.B, "injected")}";
        await plain.Factory.CreateSession(plain.ContextA).ExecuteAsync(injection, cancellationToken: Token);
        (await InjectedAsync(plain)).Should().Be(1);
        await plain.SeedAsync();

        // A's token is for A alone.
        await @sealed.Factory.CreateSession(@sealed.ContextA).Invoking(s => s.ExecuteAsync(injection, cancellationToken: Token))
            .Should().ThrowAsync<SealedContextRefusedException>();
        (await InjectedAsync(@sealed)).Should().Be(0);
    }

    [Fact]
    public async Task What_an_injection_leaves_behind_does_not_reach_the_next_tenant()
    {
        // Another request's token, kept for the session: the next context brings its own.
        await ReadAsync(@sealed, @sealed.ContextA, "SELECT set_config('app.context_token', current_setting('app.context_token'), false); COMMIT");
        var rows = await @sealed.Factory.CreateSession(@sealed.ContextB).QueryAsync<string>("SELECT customer_name FROM invoices", cancellationToken: Token);
        rows.Should().HaveCount(Seed.InvoicesEach).And.OnlyContain(name => name.StartsWith(Seed.SecretOfB, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ALTER ROLE app_user IN DATABASE {database}")]
    [InlineData("ALTER DATABASE {database}")]
    public async Task A_setting_that_every_new_connection_begins_with_counts_in_plain_mode_alone(string alter)
    {
        foreach (var (fixture, sees) in new[] { (plain, true), (@sealed, false) })
        {
            var altering = alter.Replace("{database}", fixture.Database.Name, StringComparison.Ordinal);
            await fixture.AsSuperuserAsync($"{altering} SET app.current_org_id = '{Seed.B}'");
            try
            {
                await using var connection = new NpgsqlConnection(fixture.Database.AppConnectionString + ";Pooling=false");
                await connection.OpenAsync(Token);
                var reading = () => connection.ReadAsync("SET ROLE tenant_role; SELECT customer_name FROM public.invoices");
                if (sees)
                    (await reading()).Should().HaveCount(Seed.InvoicesEach).And.OnlyContain(name => name.StartsWith(Seed.SecretOfB, StringComparison.Ordinal));
                else
                    (await reading.Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be(PostgresErrorCodes.InvalidAuthorizationSpecification);
            }
            finally
            {
                await fixture.AsSuperuserAsync($"{altering} RESET app.current_org_id");
            }
        }
    }

    private static async Task<Outcome> ReadAsync(TenantDatabaseFixture fixture, TenantContext context, string injection)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(context, Token);
        try
        {
            return new Outcome(null, injection.StartsWith("COPY", StringComparison.Ordinal) ? [await work.Connection.CopyOutAsync(injection)]
                : await work.Connection.ReadAsync(injection));
        }
        catch (PostgresException fault)
        {
            return new Outcome(fault, []);
        }
    }

    private static Task<long> InjectedAsync(TenantDatabaseFixture fixture) =>
        fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices WHERE number = 'injected'");
}
