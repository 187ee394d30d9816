using Npgsql;

namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>A commit that stopped waiting for its standby is answered with success; a failover loses it. Nobody is told so here.</summary>
public sealed class ReplicationWaitTests(WaitingPrimary primary) : IClassFixture<WaitingPrimary>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (@number, 1, 'x', '2026-01-01')";

    private readonly string _number = Guid.NewGuid().ToString("N");

    public enum Way
    {
        Session,
        Transaction,
        UnitOfWork,
    }

    public enum Cause
    {
        Token,
        CommandTimeout,
        CancelBackend,
        TerminateBackend,
    }

    public static MatrixTheoryData<Way, Cause> All => new(Enum.GetValues<Way>(), Enum.GetValues<Cause>());

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_commit_that_its_standby_has_not_confirmed_is_no_success(Way way, Cause cause)
    {
        using var cancellation = new CancellationTokenSource();
        await using var source = primary.Source(cause == Cause.CommandTimeout ? "Command Timeout=1" : "");
        var write = WriteAsync(new TenantConnectionFactory(source), way, cancellation.Token);
        await InterruptAsync(write, cause, cancellation);

        if (cause == Cause.Token)
            await write.Invoking(w => w).Should().ThrowAsync<OperationCanceledException>();
        else
            TransientFault.IsSafeToRetry((await write.Invoking(w => w).Should().ThrowAsync<CommitOutcomeUnknownException>()).Which).Should().BeFalse();
        // It is committed here, all the same: nobody may take it for rolled back either.
        (await primary.TruthAsync<long>($"SELECT count(*) FROM invoices WHERE number = '{_number}'")).Should().Be(1);
    }

    [Theory]
    [InlineData(Cause.Token)]
    [InlineData(Cause.CommandTimeout)]
    [InlineData(Cause.CancelBackend)]
    public async Task Npgsql_alone_reports_an_interrupted_replication_wait_as_committed(Cause cause)
    {
        using var cancellation = new CancellationTokenSource();
        await using var source = NpgsqlDataSource.Create(
            primary.Database.SuperuserConnectionString + (cause == Cause.CommandTimeout ? ";Command Timeout=1" : ""));
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("CREATE TABLE t" + _number + " ()", connection);
        var write = command.ExecuteNonQueryAsync(cancellation.Token);
        await InterruptAsync(write, cause, cancellation);
        await write.Invoking(w => w).Should().NotThrowAsync();
    }

    [Fact]
    public async Task The_next_commit_of_the_same_pooled_connection_is_judged_by_itself()
    {
        await using var source = primary.Source("Maximum Pool Size=1");
        var factory = new TenantConnectionFactory(source);
        var write = WriteAsync(factory, Way.Session, CancellationToken.None);
        await InterruptAsync(write, Cause.CancelBackend, null);
        await write.Invoking(w => w).Should().ThrowAsync<CommitOutcomeUnknownException>();
        (await factory.CreateSession(primary.Tenant).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = @number", new { number = _number }))
            .Should().Be(1);
    }

    private async Task InterruptAsync(Task write, Cause cause, CancellationTokenSource? cancellation)
    {
        switch (cause)
        {
            case Cause.Token:
                await primary.WaitsAsync(write);
                await cancellation!.CancelAsync();
                break;
            case Cause.CancelBackend:
                await primary.WaitsAsync(write, "pg_cancel_backend");
                break;
            case Cause.TerminateBackend:
                await primary.WaitsAsync(write, "pg_terminate_backend");
                break;
        }
    }

    private async Task WriteAsync(TenantConnectionFactory factory, Way way, CancellationToken cancellationToken)
    {
        var parameters = new { number = _number };
        switch (way)
        {
            case Way.Session:
                await factory.CreateSession(primary.Tenant).ExecuteAsync(Insert, parameters, cancellationToken);
                break;
            case Way.Transaction:
                await using (var transaction = factory.BeginTransaction(primary.Tenant))
                {
                    await transaction.ExecuteAsync(Insert, parameters, cancellationToken);
                    await transaction.CommitAsync(cancellationToken);
                }

                break;
            default:
                await using (var work = await factory.OpenConnectionAsync(primary.Tenant, cancellationToken))
                {
                    await work.ExecuteAsync(Insert, parameters, cancellationToken);
                    await work.CommitAsync(cancellationToken);
                }

                break;
        }
    }
}
