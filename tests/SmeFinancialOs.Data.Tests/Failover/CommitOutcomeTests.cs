using System.Text;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>Whether an error proves that nothing was committed. Its class alone does not: a pooler sends errors, too, and knows less than the server.</summary>
public sealed class CommitOutcomeTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("08000", false, true)]
    [InlineData("08003", false, true)]
    [InlineData("08006", false, true)]
    [InlineData("08P01", false, false)]
    [InlineData("08007", false, false)]
    [InlineData("40003", true, false)] // statement completion unknown: the server says itself that it does not know
    [InlineData("40001", false, true)]
    [InlineData("25P03", false, false)]
    [InlineData("XX000", false, false)]
    public async Task Error_of_the_server_is_sent_instead_of_a_commit(string sqlState, bool isUnknown, bool isSafe)
    {
        await RaisesAsync();
        var fault = await FaultOfAsync(() => fixture.Factory.CreateSession(fixture.ContextA)
            .ExecuteAsync("SELECT public.raises(@sqlState)", new { sqlState }, Token));
        (fault is CommitOutcomeUnknownException).Should().Be(isUnknown);
        TransientFault.IsSafeToRetry(fault).Should().Be(isSafe);
    }

    [Theory]
    [InlineData("08006", false, true)]
    [InlineData("40003", true, false)]
    [InlineData("08P01", false, false)]
    public async Task Error_at_commit_tells_whether_its_outcome_is_unknown_and_whether_to_retry(string sqlState, bool isUnknown, bool isSafe)
    {
        await RaisesAsync();
        await fixture.AsSuperuserAsync($"""
            DROP TABLE IF EXISTS public.deferring;
            CREATE TABLE public.deferring (a int);
            GRANT INSERT ON public.deferring TO tenant_role;
            CREATE OR REPLACE FUNCTION public.raises_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.raises('{sqlState}'); RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.deferring DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.raises_late()
            """);
        const string insert = "INSERT INTO public.deferring VALUES (1)";
        var calls = new Dictionary<string, Func<Task>>
        {
            ["session"] = () => fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync(insert, cancellationToken: Token),
            ["session, in a block"] = () => fixture.Factory.CreateSession(fixture.ContextA)
                .ExecuteAsync($"SET LOCAL work_mem = '4MB'; {insert}", cancellationToken: Token),
            ["unit of work"] = async () =>
            {
                await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
                await work.ExecuteAsync(insert, cancellationToken: Token);
                await work.CommitAsync(Token);
            },
        };
        foreach (var (name, call) in calls)
        {
            var fault = await FaultOfAsync(call);
            (fault is CommitOutcomeUnknownException).Should().Be(isUnknown, name);
            TransientFault.IsSafeToRetry(fault).Should().Be(isSafe, name);
        }

        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.deferring")).Should().Be(0);
    }

    [Theory]
    [InlineData("SELECT $1")]
    [InlineData("UPDATE invoices SET amount_cents = $1")]
    public async Task Parameter_that_is_missing_is_a_fault_of_the_program(string sql)
    {
        var fault = await FaultOfAsync(() => fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync(sql, cancellationToken: Token));
        fault.Should().BeOfType<PostgresException>().Which.SqlState.Should().Be("08P01");
        TransientFault.IsSafeToRetry(fault).Should().BeFalse();
    }

    [Theory]
    // What PgBouncer 1.18 sends when it has lost its server: FATAL, and no routine of PostgreSQL.
    [InlineData("08P01", "SERROR\0VERROR\0", "SFATAL\0VFATAL\0")]
    [InlineData("08006", "SERROR\0VERROR\0", "SFATAL\0VFATAL\0")]
    // An ERROR that names no routine was not sent by PostgreSQL, whatever its class.
    [InlineData("08P01", "Rexec_stmt_raise\0", "xexec_stmt_raise\0")]
    [InlineData("08006", "Rexec_stmt_raise\0", "xexec_stmt_raise\0")]
    [InlineData("40001", "Rexec_stmt_raise\0", "xexec_stmt_raise\0")]
    [InlineData("57P05", "Rexec_stmt_raise\0", "xexec_stmt_raise\0")]
    public async Task Error_of_a_pooler_leaves_the_outcome_of_a_write_unknown(string sqlState, string sent, string received)
    {
        await RaisesAsync();
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString, answer => Rewrite(answer.Span, sent, received));
        await using var source = new NpgsqlDataSourceBuilder(proxy.ConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        const string raise = "SELECT public.raises(@sqlState)";

        var write = await FaultOfAsync(() => factory.CreateSession(fixture.ContextA).ExecuteAsync(raise, new { sqlState }, Token));
        write.Should().BeOfType<CommitOutcomeUnknownException>();
        TransientFault.IsSafeToRetry(write).Should().BeFalse();

        var read = await FaultOfAsync(() => factory.CreateSession(fixture.ContextA.AsReadOnly()).ExecuteAsync(raise, new { sqlState }, Token));
        read.Should().NotBeOfType<CommitOutcomeUnknownException>();

        await using var work = factory.BeginTransaction(fixture.ContextA);
        var statement = await FaultOfAsync(() => work.ExecuteAsync(raise, new { sqlState }, Token));
        statement.Should().NotBeOfType<CommitOutcomeUnknownException>("nothing was committed before the commit was sent");
        TransientFault.IsSafeToRetry(statement).Should().Be(received[0] != 'S' || sqlState != "08P01");
    }

    [Fact]
    public async Task Unit_of_work_that_the_server_ended_while_it_was_idle_is_rolled_back_for_certain()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        var backend = await work.ExecuteScalarAsync<int>("SELECT pg_backend_pid() FROM set_config('idle_in_transaction_session_timeout', '1', true)",
            cancellationToken: Token);
        while (await fixture.TruthAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {backend})"))
            await Task.Delay(20, Token);
        (await FaultOfAsync(() => work.CommitAsync(Token))).Should().BeOfType<PostgresException>().Which.SqlState.Should().Be("25P03");
    }

    private static async Task<Exception> FaultOfAsync(Func<Task> call) => (await call.Should().ThrowAsync<Exception>()).Which;

    private static void Rewrite(Span<byte> answer, string sent, string received)
    {
        if (answer.IndexOf(Encoding.ASCII.GetBytes(sent)) is var at and >= 0)
            Encoding.ASCII.GetBytes(received, answer[at..]);
    }

    private Task RaisesAsync() => fixture.AsSuperuserAsync("""
        CREATE OR REPLACE FUNCTION public.raises(state text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = state; END $$;
        GRANT EXECUTE ON FUNCTION public.raises(text) TO tenant_role
        """);
}
