using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// SQL that is injected into one call of one tenant resets the role, and gives the login another default: it is in force for every tenant, on every new
/// connection, until somebody takes it back. UseTenantDefaults outranks it by startup options.
/// </summary>
public sealed class LoginDefaultsTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Update = "UPDATE invoices SET amount_cents = amount_cents";

    /// <summary>What is injected, and what a new connection of the login should say instead.</summary>
    private static readonly Dictionary<string, (string Set, string Spoiled, string Pinned)> Pins = new()
    {
        ["role"] = ("role = 'tenant_role'", "tenant_role", "none"),
        ["default_transaction_read_only"] = ("default_transaction_read_only = on", "on", "off"),
        ["synchronous_commit"] = ("synchronous_commit = off", "off", "on"),
        ["client_min_messages"] = ("client_min_messages = error", "error", "notice"),
        ["idle_session_timeout"] = ("idle_session_timeout = '1h'", "1h", "0"),
        ["search_path"] = ("search_path = pg_catalog", "pg_catalog", "\"$user\", public"),
        ["row_security"] = ("row_security = off", "off", "on"),
        ["standard_conforming_strings"] = ("standard_conforming_strings = off", "off", "on"),
        ["backslash_quote"] = ("backslash_quote = on", "on", "safe_encoding"),
        ["transform_null_equals"] = ("transform_null_equals = on", "on", "off"),
        ["array_nulls"] = ("array_nulls = off", "off", "on"),
        ["gin_fuzzy_search_limit"] = ("gin_fuzzy_search_limit = 1", "1", "0"),
        ["extra_float_digits"] = ("extra_float_digits = -15", "-15", "1"),
        ["bytea_output"] = ("bytea_output = escape", "escape", "hex"),
        ["xmloption"] = ("xmloption = document", "document", "content"),
        ["xmlbinary"] = ("xmlbinary = hex", "hex", "base64"),
        ["exit_on_error"] = ("exit_on_error = on", "on", "off"),
        ["debug_print_parse"] = ("debug_print_parse = on", "on", "off"),
        ["debug_print_rewritten"] = ("debug_print_rewritten = on", "on", "off"),
        ["debug_print_plan"] = ("debug_print_plan = on", "on", "off"),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Injections => [.. Pins.Keys.SelectMany(name => new[] { (name, true), (name, false) })];

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task Default_that_was_injected_does_not_reach_a_new_connection(string name, bool bySession)
    {
        var (set, spoiled, pinned) = Pins[name];
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await using (var source = Source(login))
            await InjectAsync(new(source), set, login, bySession);

        var read = $"SELECT current_setting('{name}')";
        await using (var bare = await login.DataSource.OpenConnectionAsync(Token))
            (await bare.ReadAsync(read)).Should().Equal([spoiled], "without the startup options the attack is for good");
        await using var next = Source(login);
        await using var connection = await next.OpenConnectionAsync(Token);
        (await connection.ReadAsync(read)).Should().Equal(pinned);
        (await connection.ReadAsync("RESET ALL; RESET ROLE; RESET " + name + "; " + read)).Should().Equal(pinned);
    }

    /// <summary>Of a host that has checked its login before, and opens its next connection after the attack.</summary>
    [Theory]
    [InlineData("default_transaction_read_only = on", Update)]
    [InlineData("search_path = pg_catalog", "SELECT count(*) FROM invoices")]
    [InlineData("role = 'demo_role'", Update)]
    [InlineData("standard_conforming_strings = off", @"SELECT 1 / (length('\\') - 1)")]
    [InlineData("transform_null_equals = on", "SELECT 1 / count(CASE WHEN (NULL = NULL) IS NULL THEN 1 END)")]
    [InlineData("array_nulls = off", "SELECT 1 / count(CASE WHEN ('{NULL}'::text[])[1] IS NULL THEN 1 END)")]
    [InlineData("extra_float_digits = -15", "SELECT (1234.5::float8::text)::float8 / CASE WHEN 1234.5::float8::text = '1234.5' THEN 1 ELSE 0 END")]
    [InlineData("xmloption = document", "SELECT 'text'::xml::text")]
    [InlineData("local_preload_libraries = 'no_such_library'", "SELECT 1")]
    public async Task Default_that_was_injected_does_not_change_a_call_of_the_next_tenant(string set, string call)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await using var bare = NpgsqlDataSource.Create(login.ConnectionString + ";No Reset On Close=true;Maximum Pool Size=1");
        await using var source = Source(login);
        var (open, pinned) = (new TenantConnectionFactory(bare), new TenantConnectionFactory(source));
        foreach (var factory in (TenantConnectionFactory[])[open, pinned])
            await factory.CreateSession(fixture.ContextB).ExecuteAsync(call, cancellationToken: Token);
        await InjectAsync(pinned, set, login, bySession: true);
        bare.Clear();
        source.Clear();

        await pinned.CreateSession(fixture.ContextB).ExecuteAsync(call, cancellationToken: Token);
        if (!set.StartsWith("role", StringComparison.Ordinal)) // reset and set anew by each call, in any case
            await open.CreateSession(fixture.ContextB).Invoking(s => s.ExecuteAsync(call, cancellationToken: Token)).Should().ThrowAsync<Exception>();
    }

    [Fact]
    public async Task Gin_search_finds_every_row()
    {
        await fixture.AsSuperuserAsync("""
            CREATE TABLE public.tagged (tags int[]);
            INSERT INTO public.tagged SELECT ARRAY[1] FROM generate_series(1, 50000);
            CREATE INDEX ON public.tagged USING gin (tags);
            ANALYZE public.tagged;
            GRANT SELECT ON public.tagged TO tenant_role;
            """);
        const string Found = "SELECT count(*) FROM tagged WHERE tags @> '{1}'";
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await using var source = Source(login);
        var factory = new TenantConnectionFactory(source);
        await InjectAsync(factory, "gin_fuzzy_search_limit = 1; ALTER ROLE " + login.Name + " SET enable_seqscan = off", login, bySession: true);
        source.Clear();

        (await factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<long>(Found, cancellationToken: Token)).Should().Be(50000);
        await using var bare = await login.DataSource.OpenConnectionAsync(Token);
        (await bare.ReadAsync("SET ROLE tenant_role; " + Found)).Should().NotContain("50000");
    }

    [Fact]
    public async Task Isolation_level_of_a_login_stays_in_force()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync("ALTER ROLE {0} SET default_transaction_isolation = 'serializable'");
        await login.AlterAsync("ALTER ROLE {0} SET statement_timeout = '7s'; ALTER ROLE {0} SET TimeZone = 'Asia/Tokyo'");
        await using var source = Source(login);
        (await new TenantConnectionFactory(source).CreateSession(fixture.ContextA).QueryAsync<string>(
            "SELECT current_setting(name) FROM unnest('{transaction_isolation,statement_timeout,TimeZone}'::text[]) AS name", cancellationToken: Token))
            .Should().Equal("serializable", "7s", "Asia/Tokyo");
    }

    private static NpgsqlDataSource Source(TestLogin login) =>
        new NpgsqlDataSourceBuilder(login.ConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();

    /// <summary>As tenant A, whose role is put back so that neither kind of call sees that it was another.</summary>
    private async Task InjectAsync(TenantConnectionFactory factory, string set, TestLogin login, bool bySession)
    {
        var text = $"SELECT 1; RESET ROLE; ALTER ROLE {login.Name} SET {set}; SET LOCAL ROLE tenant_role";
        if (bySession)
        {
            await factory.CreateSession(fixture.ContextA).ExecuteAsync(text, cancellationToken: Token);
            return;
        }

        await using var work = await factory.OpenConnectionAsync(fixture.ContextA, Token);
        await work.ExecuteAsync(text, cancellationToken: Token);
        await work.CommitAsync(Token);
    }
}
