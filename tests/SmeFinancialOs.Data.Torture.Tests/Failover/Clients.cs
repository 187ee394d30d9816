using Npgsql;
using Polly;
using Polly.Retry;

namespace SmeFinancialOs.Data.Torture.Tests.Failover;

/// <summary>Writers, readers and one who watches the lag, until they are told to stop.</summary>
internal sealed class Clients(Cluster cluster, Ledger ledger, Report report)
{
    private const string Insert = "INSERT INTO writes (id, part, writer) SELECT @id, generate_series(@from, @to), @writer";

    private volatile bool _isStopped;

    private sealed record Row(Guid Organization, Guid Writer, bool IsStandby);

    public async Task RunAsync(Func<Task> meanwhile)
    {
        var writers = Enumerable.Range(0, 8).Select(n => Task.Run(() => WriteAsync(cluster.Tenants[n % cluster.Tenants.Count], isSession: n % 2 == 0)));
        var readers = Enumerable.Range(0, 4).Select(n => Task.Run(() => ReadAsync(cluster.Tenants[n % cluster.Tenants.Count])));
        Task[] all = [.. writers, .. readers, Task.Run(WatchLagAsync)];
        try
        {
            await meanwhile();
        }
        finally
        {
            _isStopped = true;
        }

        await Task.WhenAll(all);
    }

    private async Task WriteAsync(TenantContext tenant, bool isSession)
    {
        var retry = Retry();
        while (!_isStopped)
        {
            var id = Guid.CreateVersion7();
            var startedAt = report.Now;
            try
            {
                // The same id on each attempt: if one of those before had been committed, this would be a duplicate.
                await retry.ExecuteAsync(async _ => await (isSession ? WriteInSessionAsync(tenant, id) : WriteInTransactionAsync(tenant, id)));
                ledger.Add(tenant, id, Ledger.Outcome.Acknowledged);
                report.Acknowledged(startedAt);
            }
            catch (CommitOutcomeUnknownException fault)
            {
                report.Fault("not retried", fault);
                ledger.Add(tenant, id, Ledger.Outcome.Unknown);
            }
            catch (Exception fault)
            {
                report.Find($"a write failed: {fault.GetType().Name}: {fault.Message}");
                ledger.Add(tenant, id, Ledger.Outcome.RolledBack);
            }
        }
    }

    private async Task WriteInSessionAsync(TenantContext tenant, Guid id) =>
        await cluster.Factory.CreateSession(tenant).ExecuteAsync(Insert, new { id, from = 1, to = Cluster.Parts, writer = tenant.OrganizationId?.ToGuid() });

    private async Task WriteInTransactionAsync(TenantContext tenant, Guid id)
    {
        await using var transaction = cluster.Factory.BeginTransaction(tenant);
        for (var part = 1; part <= Cluster.Parts; part++)
            await transaction.ExecuteAsync(Insert, new { id, from = part, to = part, writer = tenant.OrganizationId?.ToGuid() });
        await transaction.CommitAsync();
    }

    private async Task ReadAsync(TenantContext tenant)
    {
        var retry = Retry();
        var session = cluster.Factory.CreateSession(tenant.AsReadOnly());
        while (!_isStopped)
        {
            try
            {
                var rows = await retry.ExecuteAsync(async token => await session.QueryAsync<Row>(
                    "SELECT org_id AS organization, writer, pg_is_in_recovery() AS isstandby FROM writes ORDER BY id DESC LIMIT 50", cancellationToken: token));
                foreach (var row in rows.Where(row => row.Organization != tenant.OrganizationId || row.Writer != tenant.OrganizationId))
                    report.Find($"{tenant} read a row of {row.Organization}, written by {row.Writer}");
                if (rows.Count > 0)
                    report.Read(rows.Count, rows[0].IsStandby);
            }
            catch (Exception fault)
            {
                report.Find($"a read failed: {fault.GetType().Name}: {fault.Message}");
            }
        }
    }

    private async Task WatchLagAsync()
    {
        try
        {
            await using var primary = await cluster.OpenPrimaryAsync();
            while (!_isStopped)
            {
                report.Lag(
                    await primary.ScalarAsync<double>("SELECT coalesce(extract(epoch FROM max(replay_lag)) * 1000, 0)::float8 FROM pg_stat_replication"));
                await Task.Delay(50);
            }
        }
        catch (NpgsqlException)
        {
            // The primary is gone, and its standby is one no more.
        }
    }

    private ResiliencePipeline Retry() => new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } fault && TransientFault.IsSafeToRetry(fault)),
            MaxRetryAttempts = 600,
            Delay = TimeSpan.FromMilliseconds(100),
            OnRetry = attempt =>
            {
                report.Fault("retried", attempt.Outcome.Exception!);
                return ValueTask.CompletedTask;
            },
        })
        .Build();
}
