using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>
/// Npgsql forgets what it has prepared by DEALLOCATE ALL, without an asynchronous form, and all of it has to be parsed again. Counted on the wire: an error of
/// a statement that was prepared before does not cause that.
/// </summary>
public sealed class ForgottenStatementTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Forget = "DEALLOCATE ALL";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A statement, the values with which it succeeds and fails, and the SQLSTATE of that.</summary>
    public static TheoryData<string, string, string, string> Errors => new()
    {
        { "SELECT @value::int", "1", "x", "22P02" },
        { "SELECT 1 / @value::int", "1", "0", "22012" },
        { "SELECT pg_sleep(@value::float8)", "0", "1", "57014" },
        { "SELECT (@value::text)::date", "2026-01-01", "x", "22007" },
        { "SELECT generate_series(1, @value::int) / (@value::int - 3)", "2", "3", "22012" },
        { "SELECT count(*) FROM invoices WHERE amount_cents > @value::int", "1", "x", "22P02" },
        { "UPDATE organizations SET id = @value::text::uuid WHERE true", Seed.A, Seed.B, "42501" },
        { "SELECT @value::text::regclass::text", "pg_class", "nothing", "42P01" },
        { "UPDATE organizations SET name = @value::text::int::text WHERE false OR @value = 'x'", "1", "x", "22P02" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_thousand_errors_of_a_statement_that_was_prepared_forget_nothing(string sql, string good, string bad, string state)
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString, counted: Forget);
        await using var source = Source(proxy);
        var session = new TenantConnectionFactory(source, new() { StatementTimeout = TimeSpan.FromMilliseconds(state == "57014" ? 15 : 30_000) })
            .CreateSession(fixture.ContextA);
        await SucceedAsync(session, sql, good);
        var before = proxy.Occurrences;

        for (var i = 0; i < 1_000; i++)
            await FailAsync(session, sql, bad, state);

        (proxy.Occurrences - before).Should().Be(0);
        await SucceedAsync(session, sql, good);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_hundred_errors_behind_a_savepoint_forget_nothing(string sql, string good, string bad, string state)
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString, counted: Forget);
        await using var source = Source(proxy);
        var factory = new TenantConnectionFactory(source, new() { StatementTimeout = TimeSpan.FromMilliseconds(state == "57014" ? 15 : 30_000) });
        await SucceedAsync(factory.CreateSession(fixture.ContextA), sql, good);
        var before = proxy.Occurrences;

        await using (var work = await factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            for (var i = 0; i < 100; i++)
            {
                await work.Transaction.SaveAsync("before", Token);
                await FailAsync(work, sql, bad, state);
                await work.Transaction.RollbackAsync("before", Token);
                await SucceedAsync(work, sql, good, times: 1);
            }

            await work.CommitAsync(Token);
        }

        (proxy.Occurrences - before).Should().Be(0);
        await SucceedAsync(factory.CreateSession(fixture.ContextA), sql, good);
    }

    [Fact]
    public async Task A_thousand_texts_that_cannot_be_parsed_forget_nothing()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString, counted: Forget);
        await using var source = Source(proxy);
        var session = new TenantConnectionFactory(source).CreateSession(fixture.ContextA);
        await SucceedAsync(session, "SELECT @value::int", "1");
        var before = proxy.Occurrences;

        for (var i = 0; i < 1_000; i++)
        {
            await session.Invoking(s => s.ExecuteAsync("SELECT * FROM no_such_table", cancellationToken: Token)).Should().ThrowAsync<PostgresException>()
                .Where(fault => fault.SqlState == "42P01");
        }

        (proxy.Occurrences - before).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task An_error_when_a_statement_is_parsed_first_does_not_break_the_next_call(string sql, string good, string bad, string state)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var session = new TenantConnectionFactory(source, new() { StatementTimeout = TimeSpan.FromMilliseconds(state == "57014" ? 300 : 30_000) })
            .CreateSession(fixture.ContextA);
        for (var failing = 1; failing <= 4; failing++)
        {
            // Another text for each, so that each is parsed for the first time.
            var text = $"{sql} -- {failing}";
            for (var call = 1; call <= 5; call++)
            {
                if (call == failing)
                    await FailAsync(session, text, bad, state);
                else
                    await SucceedAsync(session, text, good, times: 1);
            }
        }
    }

    [Fact]
    public async Task What_the_raw_connection_has_left_half_prepared_does_not_break_the_next_call()
    {
        const string sql = "SELECT $1::int";
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        foreach (var value in (string[])["1", "x"])
        {
            await using var work = await factory.OpenConnectionAsync(fixture.ContextA, Token);
            await using var command = new NpgsqlCommand(sql, work.Connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = value } } };
            var run = async () => await command.ExecuteScalarAsync(Token);
            if (value == "x")
                await run.Should().ThrowAsync<PostgresException>();
            else
                await run();
        }

        await using var next = await factory.OpenConnectionAsync(fixture.ContextB, Token);
        await using var same = new NpgsqlCommand(sql, next.Connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = "2" } } };
        (await same.ExecuteScalarAsync(Token)).Should().Be(2);
    }

    private static NpgsqlDataSource Source(LoopbackProxy proxy) =>
        new NpgsqlDataSourceBuilder(proxy.ConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();

    private static async Task SucceedAsync(ITenantSession session, string sql, string value, int times = 5)
    {
        for (var i = 0; i < times; i++)
            await session.QueryAsync<object>(sql, new { value }, Token);
    }

    private static async Task FailAsync(ITenantSession session, string sql, string value, string state)
    {
        var fault = await session.Invoking(s => s.QueryAsync<object>(sql, new { value }, Token)).Should().ThrowAsync<Exception>();
        (fault.Which as PostgresException ?? fault.Which.InnerException as PostgresException)!.SqlState.Should().Be(state);
    }
}
