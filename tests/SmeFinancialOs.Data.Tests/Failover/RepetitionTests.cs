using System.Data;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>
/// What one user of a connection, or a migration, has done to it must not fail the next: a call is sent once more where nothing of it was done, and never where a
/// part may have been.
/// </summary>
public sealed class RepetitionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Read = "SELECT * FROM public.repeated ORDER BY id";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Calls
    {
        get
        {
            var calls = new TheoryData<string, string>();
            foreach (var spoiler in Spoilers)
            {
                foreach (var call in (string[])["read", "write", "batch", "stream", "unit of work", "copy", "admin"])
                    calls.Add(spoiler, call);
            }

            return calls;
        }
    }

    private static string[] Spoilers =>
        ["migration", "DEALLOCATE ALL", "DEALLOCATE one", "DISCARD ALL", "function that deallocates", "idle_session_timeout"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Next_call_on_the_connection_succeeds_and_writes_once(string spoiler, string call)
    {
        await using var host = await HostAsync();
        await host.SpoilAsync(spoiler);
        await RunAsync(host.Factory, call);
        (await WrittenAsync()).Should().Be(call is "write" or "batch" ? 1 : 0);
        await RunAsync(host.Factory, call);
    }

    [Theory]
    [InlineData("migration")]
    [InlineData("function that deallocates")]
    public async Task Transaction_says_that_all_of_it_is_safe_to_do_again(string spoiler)
    {
        await using var host = await HostAsync();
        await host.SpoilAsync(spoiler);
        await using (var work = host.Factory.BeginTransaction(fixture.ContextB))
        {
            var fault = (await work.Invoking(w => w.QueryAsync<int>(Read, cancellationToken: Token)).Should().ThrowAsync<StalePreparedStatementException>()).Which;
            TransientFault.IsSafeToRetry(fault).Should().BeTrue();
        }

        await using var again = host.Factory.BeginTransaction(fixture.ContextB);
        await again.QueryAsync<int>(Read, cancellationToken: Token);
        await again.CommitAsync(Token);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("batch")]
    [InlineData("stream")]
    [InlineData("copy")]
    public async Task Transaction_begins_on_another_connection_when_the_server_had_ended_the_session(string call)
    {
        await using var host = await HostAsync();
        await host.SpoilAsync("idle_session_timeout");
        await using (var work = host.Factory.BeginTransaction(fixture.ContextB))
        {
            await RunAsync(work, call);
            await work.ExecuteAsync("INSERT INTO public.repeated (text) VALUES ('b')", cancellationToken: Token);
            await work.CommitAsync(Token);
        }

        (await WrittenAsync()).Should().Be(call is "write" or "batch" ? 2 : 1);
    }

    [Fact]
    public async Task Transaction_whose_first_text_does_more_than_read_and_write_rows_does_not_begin_a_second_time()
    {
        const string sql = "DO $$ BEGIN INSERT INTO public.repeated (text) VALUES ('b'); END $$";
        await using var host = await HostAsync();
        await host.SpoilAsync("idle_session_timeout");
        await using (var work = host.Factory.BeginTransaction(fixture.ContextB))
        {
            var fault = (await work.Invoking(w => w.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<DatabaseUnavailableException>()).Which;
            fault.SqlState.Should().Be(PostgresErrorCodes.IdleSessionTimeout);
            TransientFault.IsSafeToRetry(fault).Should().BeTrue();
            await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<InvalidOperationException>();
        }

        (await WrittenAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Commit_of_a_unit_of_work_that_took_away_what_is_prepared_is_safe_to_do_again()
    {
        await using var host = await HostAsync();
        for (var i = 0; i < 3; i++)
            await RunAsync(host.Factory, "unit of work");
        await using (var work = await host.Factory.OpenConnectionAsync(fixture.ContextB, Token))
        {
            await work.ExecuteAsync("INSERT INTO public.repeated (text) VALUES ('b')", cancellationToken: Token);
            await work.Connection.ExecuteAsync("DEALLOCATE ALL");
            var fault = (await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<StalePreparedStatementException>()).Which;
            TransientFault.IsSafeToRetry(fault).Should().BeTrue();
        }

        (await WrittenAsync()).Should().Be(0);
        await RunAsync(host.Factory, "unit of work");
    }

    [Theory]
    [InlineData("INSERT INTO public.repeated (text) VALUES ('b'); EXECUTE nosuch", "26000")]
    [InlineData("SELECT nextval('public.tries'); EXECUTE nosuch", "26000")]
    [InlineData("DO $$ BEGIN PERFORM nextval('public.tries'); RAISE SQLSTATE '26000'; END $$", "26000")]
    [InlineData("DO $$ BEGIN PERFORM nextval('public.tries'); RAISE SQLSTATE '0A000'; END $$", "0A000")]
    [InlineData("SELECT public.raises('26000')", "26000")]
    [InlineData("SELECT public.raises('0A000')", "0A000")]
    [InlineData("SELECT public.raises('57P05')", "57P05")]
    public async Task Error_that_only_looks_like_one_of_these_is_not_repeated(string sql, string sqlState)
    {
        await using var host = await HostAsync();
        var fault = (await host.Factory.CreateSession(fixture.ContextB).Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<PostgresException>()).Which;
        fault.SqlState.Should().Be(sqlState);
        TransientFault.IsSafeToRetry(fault).Should().Be(sqlState == "57P05");
        (await WrittenAsync()).Should().Be(0);
        (await fixture.TruthAsync<long>("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.tries")).Should().BeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("INSERT INTO public.repeated (text) VALUES ('b'); SET LOCAL work_mem = '4MB'; SELECT * FROM public.repeated")]
    [InlineData("DO $$ BEGIN INSERT INTO public.repeated (text) VALUES ('b'); END $$; SELECT * FROM public.repeated")]
    public async Task Text_that_does_more_than_read_and_write_rows_is_not_repeated(string sql)
    {
        await using var host = await HostAsync();
        var session = host.Factory.CreateSession(fixture.ContextB);
        for (var i = 0; i < 4; i++)
            await session.ExecuteAsync(sql, cancellationToken: Token);
        await fixture.AsSuperuserAsync("TRUNCATE public.repeated");
        await host.SpoilAsync("migration");
        var fault = (await session.Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<PostgresException>()).Which;
        fault.SqlState.Should().Be("0A000");
        TransientFault.IsSafeToRetry(fault).Should().BeFalse();
        (await WrittenAsync()).Should().Be(0);
        await session.ExecuteAsync(sql, cancellationToken: Token);
        (await WrittenAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Stream_that_was_read_into_a_parameter_is_not_sent_a_second_time()
    {
        const string sql = "INSERT INTO public.repeated (bytes) VALUES (@bytes) RETURNING *";
        await using var host = await HostAsync();
        var session = host.Factory.CreateSession(fixture.ContextB);
        for (var i = 0; i < 4; i++)
            await session.ExecuteAsync(sql, new { bytes = new StreamParameter() }, Token);
        await host.SpoilAsync("migration");
        var fault = (await session.Invoking(s => s.ExecuteAsync(sql, new { bytes = new StreamParameter() }, Token)).Should().ThrowAsync<StalePreparedStatementException>()).Which;
        TransientFault.IsSafeToRetry(fault).Should().BeTrue();
        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.repeated WHERE bytes IS NOT NULL")).Should().Be(4);
        await session.ExecuteAsync(sql, new { bytes = new StreamParameter() }, Token);
        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.repeated WHERE bytes = '\\x010203'")).Should().Be(5);
    }

    private Task<long> WrittenAsync() => fixture.TruthAsync<long>("SELECT count(*) FROM public.repeated WHERE text = 'b'");

    private async Task RunAsync(TenantConnectionFactory factory, string call)
    {
        switch (call)
        {
            case "admin":
                await factory.CreateSession(TenantContext.ForAdmin("operator", "repetition")).ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
                break;
            case "unit of work":
                await using (var work = await factory.OpenConnectionAsync(fixture.ContextB, Token))
                {
                    await work.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
                    await work.CommitAsync(Token);
                }

                break;
            default:
                await RunAsync(factory.CreateSession(fixture.ContextB), call);
                break;
        }
    }

    private static async Task RunAsync(ITenantSession session, string call)
    {
        switch (call)
        {
            case "read":
                await session.QueryAsync<int>(Read, cancellationToken: Token);
                break;
            case "write":
                await session.ExecuteAsync("INSERT INTO public.repeated (text) VALUES ('b') RETURNING *", cancellationToken: Token);
                break;
            case "batch":
                var batch = session.CreateBatch();
                batch.AddExecute("INSERT INTO public.repeated (text) VALUES (@text)", new { text = "b" });
                batch.AddQuery<int>(Read);
                await batch.ExecuteAsync(Token);
                break;
            case "stream":
                await session.QueryUnbufferedAsync<int>(Read, cancellationToken: Token).CountAsync(Token);
                break;
            case "copy":
                await session.ExportAsync("COPY public.repeated TO STDOUT", Stream.Null, Token);
                break;
            default:
                throw new ArgumentException("No such call.", nameof(call));
        }
    }

    /// <summary>One connection for each login, on which every call has run until it is prepared.</summary>
    private async Task<SpoiledHost> HostAsync()
    {
        await fixture.AsSuperuserAsync("""
            DROP TABLE IF EXISTS public.repeated;
            CREATE TABLE public.repeated (id int GENERATED ALWAYS AS IDENTITY, text text, bytes bytea);
            GRANT SELECT, INSERT ON public.repeated TO tenant_role;
            DROP SEQUENCE IF EXISTS public.tries;
            CREATE SEQUENCE public.tries;
            GRANT USAGE ON SEQUENCE public.tries TO tenant_role;
            CREATE OR REPLACE FUNCTION public.deallocates() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$;
            CREATE OR REPLACE FUNCTION public.raises(state text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('public.tries'); RAISE EXCEPTION USING ERRCODE = state; END $$;
            GRANT EXECUTE ON FUNCTION public.deallocates(), public.raises(text) TO tenant_role, admin_role;
            """);
        var host = new SpoiledHost(fixture);
        foreach (var call in (string[])["read", "write", "batch", "stream", "unit of work", "copy", "admin"])
        {
            for (var i = 0; i < 3; i++)
                await RunAsync(host.Factory, call);
        }

        await fixture.AsSuperuserAsync("TRUNCATE public.repeated");
        return host;
    }

    private sealed class StreamParameter : SqlMapper.ICustomQueryParameter
    {
        public void AddParameter(IDbCommand command, string name) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Bytea) { Value = new MemoryStream([1, 2, 3]) });
    }
}
