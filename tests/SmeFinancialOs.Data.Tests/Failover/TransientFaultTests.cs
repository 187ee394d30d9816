using System.Net.Sockets;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>Only what was not committed for certain, and can succeed another time, is done again.</summary>
public sealed class TransientFaultTests(TenantDatabaseFixture database) : IClassFixture<TenantDatabaseFixture>
{
    private const string Backend = "SELECT pg_backend_pid()";

    [Theory]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("55P03", true)]
    [InlineData("57P01", true)]
    [InlineData("57P02", true)]
    [InlineData("57P03", true)]
    [InlineData("57P05", true)]
    [InlineData("53000", true)]
    [InlineData("53200", true)]
    [InlineData("53300", true)]
    [InlineData("08000", true)]
    [InlineData("08003", true)]
    [InlineData("08006", true)]
    [InlineData("08P01", true)] // what PgBouncer ends a client with
    [InlineData("08007", false)] // transaction resolution unknown
    [InlineData("40003", false)] // statement completion unknown
    [InlineData("25P02", false)] // the transaction is aborted: its first error counts
    [InlineData("25P03", false)] // idle in transaction: it would be so again
    [InlineData("57014", false)] // statement timeout, or cancelled by somebody
    [InlineData("53100", false)] // disk full
    [InlineData("57P04", false)] // database dropped
    [InlineData("23505", false)]
    [InlineData("42501", false)]
    [InlineData("28P01", false)]
    [InlineData("XX000", false)]
    [InlineData("TD001", false)]
    public void The_SQLSTATE_decides(string sqlState, bool isSafe)
    {
        var answer = new PostgresException("x", "ERROR", "ERROR", sqlState);
        TransientFault.IsSafeToRetry(answer).Should().Be(isSafe);
        TransientFault.IsSafeToRetry(new InvalidOperationException("a mapper's", answer)).Should().Be(isSafe);
        TransientFault.IsSafeToRetry(new DatabaseUnavailableException("x", answer)).Should().Be(isSafe);
        TransientFault.IsSafeToRetry(new AggregateException(answer, answer)).Should().Be(isSafe);
        TransientFault.IsSafeToRetry(new CommitOutcomeUnknownException("x", answer)).Should().BeFalse();
        TransientFault.IsSafeToRetry(new OperationCanceledException("x", answer)).Should().BeFalse();
        TransientFault.IsSafeToRetry(new TenantAccessDeniedException("x", answer)).Should().BeFalse();
        TransientFault.IsSafeToRetry(new CapturedSessionException("x", answer)).Should().BeFalse();
        TransientFault.IsSafeToRetry(new AggregateException(answer, new CommitOutcomeUnknownException("x"))).Should().BeFalse();
        TransientFault.IsSafeToRetry(new InvalidOperationException("a mapper's", new CommitOutcomeUnknownException("x", answer))).Should().BeFalse();
    }

    [Fact]
    public void A_protocol_violation_counts_where_it_is_not_of_PostgreSQL_itself()
    {
        TransientFault.IsSafeToRetry(new PostgresException("x", "ERROR", "ERROR", "08P01", routine: "exec_bind_message")).Should().BeFalse();
        TransientFault.IsSafeToRetry(new PostgresException("x", "FATAL", "FATAL", "08P01", routine: "ProcessStartupPacket")).Should().BeFalse();
        TransientFault.IsSafeToRetry(new PostgresException("x", "FATAL", "FATAL", "08P01")).Should().BeTrue();
        TransientFault.IsSafeToRetry(new PostgresException("x", "ERROR", "ERROR", "08006", routine: "exec_stmt_raise")).Should().BeTrue();
    }

    [Fact]
    public void A_server_that_takes_no_writes_is_safe_to_ask_again_only_by_its_type()
    {
        // A read-only context meets it as well, and would again.
        var bare = new PostgresException("x", "ERROR", "ERROR", "25006");
        TransientFault.IsSafeToRetry(bare).Should().BeFalse();
        TransientFault.IsSafeToRetry(new InvalidOperationException("a mapper's", bare)).Should().BeFalse();
        TransientFault.IsSafeToRetry(new DatabaseUnavailableException("x", bare)).Should().BeTrue();
    }

    [Theory]
    [InlineData("26000", "FetchPreparedStatement")]
    [InlineData("0A000", "RevalidateCachedQuery")]
    public void A_statement_that_is_not_prepared_any_more_is_safe_to_send_again_only_by_its_type(string sqlState, string routine)
    {
        var bare = new PostgresException("x", "ERROR", "ERROR", sqlState, routine: routine);
        TransientFault.IsSafeToRetry(bare).Should().BeFalse();
        TransientFault.IsSafeToRetry(new StalePreparedStatementException("x", bare)).Should().BeTrue();
        TransientFault.IsSafeToRetry(new WorkCommittedException("x", bare)).Should().BeFalse();
    }

    [Fact]
    public void A_lost_connection_is_known_by_what_broke_it()
    {
        foreach (var broken in new Exception[] { new IOException(), new SocketException(), new TimeoutException(), new EndOfStreamException() })
            TransientFault.IsSafeToRetry(new NpgsqlException("x", broken)).Should().BeTrue();
        TransientFault.IsSafeToRetry(new DatabaseUnavailableException("x")).Should().BeTrue();
        foreach (var other in new Exception[] { new NpgsqlException("x"), new IOException(), new TimeoutException(), new InvalidOperationException(),
            new InvalidCastException(), new TaskCanceledException() })
            TransientFault.IsSafeToRetry(other).Should().BeFalse();
        FluentActions.Invoking(() => TransientFault.IsSafeToRetry(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public async Task A_statement_of_a_unit_of_work_that_loses_its_connection_is_tried_again()
    {
        await using var work = database.Factory.BeginTransaction(database.ContextA);
        await TerminateAsync(await work.ExecuteScalarAsync<int>(Backend));
        var fault = (await work.Invoking(w => w.ExecuteAsync("UPDATE invoices SET amount_cents = 1")).Should().ThrowAsync<NpgsqlException>()).Which;
        TransientFault.IsSafeToRetry(fault).Should().BeTrue();
    }

    [Fact]
    public async Task A_commit_that_loses_its_connection_is_not()
    {
        await using var work = database.Factory.BeginTransaction(database.ContextA);
        await TerminateAsync(await work.ExecuteScalarAsync<int>(Backend));
        var fault = (await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<CommitOutcomeUnknownException>()).Which;
        fault.InnerException.Should().BeAssignableTo<NpgsqlException>();
        TransientFault.IsSafeToRetry(fault).Should().BeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_of_a_session_that_loses_its_connection_is_tried_again_only_where_it_is_read_only(bool isReadOnly)
    {
        var context = isReadOnly ? database.ContextA.AsReadOnly() : database.ContextA;
        var call = database.Factory.CreateSession(context).ExecuteAsync("SELECT pg_sleep(60)");
        while (await database.TruthAsync<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
            + "AND datname = current_database()") == 0)
            await Task.Delay(20);
        var fault = await FaultOfAsync(call);
        (fault is CommitOutcomeUnknownException).Should().Be(!isReadOnly);
        TransientFault.IsSafeToRetry(fault).Should().Be(isReadOnly);
    }

    [Fact]
    public async Task A_statement_that_timed_out_and_was_answered_is_rolled_back_for_certain()
    {
        await using var source = new NpgsqlDataSourceBuilder(database.Database.AppConnectionString + ";Command Timeout=1").UseTenantDefaults().Build();
        var session = new TenantConnectionFactory(source).CreateSession(database.ContextA);
        TransientFault.IsSafeToRetry(await FaultOfAsync(session.ExecuteAsync("SELECT pg_sleep(60)"))).Should().BeTrue();
    }

    [Fact]
    public async Task A_context_that_may_write_is_told_of_a_server_that_takes_no_writes()
    {
        await using var source = new NpgsqlDataSourceBuilder(database.Database.AppConnectionString
            + ";Options=-c default_transaction_read_only=on").UseTenantDefaults().Build();
        var session = new TenantConnectionFactory(source).CreateSession(database.ContextA);
        var fault = (await session.Invoking(s => s.ExecuteAsync("DELETE FROM invoices")).Should().ThrowAsync<DatabaseUnavailableException>()).Which;
        fault.SqlState.Should().Be("25006");
        TransientFault.IsSafeToRetry(fault).Should().BeTrue();
    }

    [Fact]
    public async Task A_deadlock_is_tried_again_and_a_duplicate_is_not()
    {
        var session = database.Factory.CreateSession(database.ContextA);
        TransientFault.IsSafeToRetry(await FaultOfAsync(session.ExecuteAsync("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))).Should().BeTrue();
        TransientFault.IsSafeToRetry(await FaultOfAsync(session.ExecuteAsync("DO $$ BEGIN RAISE SQLSTATE '23505'; END $$"))).Should().BeFalse();
    }

    private static async Task<Exception> FaultOfAsync(Task call) => (await call.Invoking(c => c).Should().ThrowAsync<Exception>()).Which;

    private Task TerminateAsync(int backend) => database.AsSuperuserAsync($"SELECT pg_terminate_backend({backend}, 10000)");
}
