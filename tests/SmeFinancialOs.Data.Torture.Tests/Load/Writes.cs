namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>Every way to write, to commit and to roll back; the ledger is told what came of it.</summary>
internal sealed class Writes(TortureDatabase database, Pools pools, Ledger ledger)
{
    public IEnumerable<Operation> Operations =>
    [
        new("write", 10, WriteAsync),
        new("batch of writes", 5, BatchAsync),
        new("write, admin", 2, AdminAsync),
        new("unit of work", 5, (random, token) => InUnitOfWorkAsync(database.Any(random), random, RunAsync, token)),
        new("write, serializable", 14, SerializableAsync),
        new("unit of work, savepoint", 5, (random, token) => InUnitOfWorkAsync(database.Any(random), random, WithSavepointAsync, token)),
        new("unit of work, many steps", 4, (random, token) => InUnitOfWorkAsync(database.Hot, random, InStepsAsync, token)),
        new("unit of work, rolled back", 5, RolledBackAsync),
        new("unit of work, user code throws", 3, (random, token) => InUnitOfWorkAsync(database.Any(random), random, ThrowAsync, token)),
        new("transaction", 5, TransactionAsync),
        new("transaction, rolled back", 3, RolledBackTransactionAsync),
    ];

    private async Task WriteAsync(Random random, CancellationToken cancellationToken)
    {
        var session = pools.Factory.CreateSession(database.Any(random));
        await AtOnceAsync(ledger.Begin(session.Context.OrganizationId!.Value.ToGuid(), random), write => ExecuteAsync(session, write, cancellationToken));
    }

    /// <summary>Only sessions: Npgsql begins a unit of work as read committed, whatever the default is.</summary>
    private Task SerializableAsync(Random random, CancellationToken cancellationToken) =>
        AtOnceAsync(ledger.Begin(database.Hot.OrganizationId!.Value.ToGuid(), random),
            write => ExecuteAsync(pools.SerializableFactory.CreateSession(database.Hot), write, cancellationToken));

    private async Task BatchAsync(Random random, CancellationToken cancellationToken)
    {
        var session = pools.Factory.CreateSession(database.Any(random));
        await AtOnceAsync(ledger.Begin(session.Context.OrganizationId!.Value.ToGuid(), random), async write =>
        {
            var batch = session.CreateBatch();
            batch.AddExecute(TortureDatabase.Insert, write.Parameters);
            batch.AddQuery<int>("SELECT 1 FROM generate_series(1, 5)");
            batch.AddExecute(TortureDatabase.UpdateBalances, write.Parameters);
            await batch.ExecuteAsync(cancellationToken);
        });
    }

    /// <summary>An operator writes for an organization, which has to be said then.</summary>
    private async Task AdminAsync(Random random, CancellationToken cancellationToken)
    {
        var organization = database.Any(random).OrganizationId!.Value.ToGuid();
        var session = pools.Factory.CreateSession(TenantContext.ForAdmin("torture", "correction").AsReadWrite());
        await AtOnceAsync(ledger.Begin(organization, random), write => session.ExecuteAsync(
            TortureDatabase.Insert.Replace("(write_id,", "(org_id, write_id,", StringComparison.Ordinal)
                .Replace("SELECT @id", "SELECT @organization, @id", StringComparison.Ordinal)
            + ";" + TortureDatabase.UpdateBalances + " AND org_id = @organization",
            write.Parameters, cancellationToken));
    }

    private async Task RolledBackAsync(Random random, CancellationToken cancellationToken)
    {
        var write = ledger.Begin(database.Hot.OrganizationId!.Value.ToGuid(), random);
        write.Outcome = Outcome.RolledBack;
        await using var work = await pools.Factory.OpenConnectionAsync(database.Hot, cancellationToken);
        await ExecuteAsync(work, write, cancellationToken);
    }

    private async Task RolledBackTransactionAsync(Random random, CancellationToken cancellationToken)
    {
        var context = database.Any(random);
        var write = ledger.Begin(context.OrganizationId!.Value.ToGuid(), random);
        write.Outcome = Outcome.RolledBack;
        await using var transaction = pools.Factory.BeginTransaction(context);
        await ExecuteAsync(transaction, write, cancellationToken);
    }

    private async Task TransactionAsync(Random random, CancellationToken cancellationToken)
    {
        var context = database.Any(random);
        await UntilCommitAsync(ledger.Begin(context.OrganizationId!.Value.ToGuid(), random), async (write, committing) =>
        {
            await using var transaction = pools.Factory.BeginTransaction(context);
            await ExecuteAsync(transaction, write, cancellationToken);
            committing();
            await transaction.CommitAsync(cancellationToken);
            write.Outcome = Outcome.Acknowledged;
        });
    }

    private Task InUnitOfWorkAsync(
        TenantContext context, Random random, Func<TenantConnection, Write, Random, CancellationToken, Task> run, CancellationToken cancellationToken) =>
        UntilCommitAsync(ledger.Begin(context.OrganizationId!.Value.ToGuid(), random), async (write, committing) =>
        {
            await using var work = await pools.Factory.OpenConnectionAsync(context, cancellationToken);
            await run(work, write, random, cancellationToken);
            committing();
            await work.CommitAsync(cancellationToken);
            write.Outcome = Outcome.Acknowledged;
        });

    private static Task RunAsync(TenantConnection work, Write write, Random random, CancellationToken cancellationToken) =>
        ExecuteAsync(work, write, cancellationToken);

    private async Task WithSavepointAsync(TenantConnection work, Write write, Random random, CancellationToken cancellationToken)
    {
        await ExecuteAsync(work, write, cancellationToken);
        await work.Transaction.SaveAsync("before", cancellationToken);
        var never = ledger.Begin(write.Organization, random);
        never.Outcome = Outcome.RolledBack;
        await ExecuteAsync(work, never, cancellationToken);
        await work.Transaction.RollbackAsync("before", cancellationToken);
    }

    /// <summary>Slow, and in any order: this is where deadlocks and waits for locks come from.</summary>
    private static async Task InStepsAsync(TenantConnection work, Write write, Random random, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(TortureDatabase.Insert, write.Parameters, cancellationToken);
        foreach (var (account, amount) in write.Parts)
        {
            await work.ExecuteAsync("UPDATE accounts SET balance = balance + @amount WHERE id = @account", new { account, amount }, cancellationToken);
            await Task.Delay(random.Next(random.Next(20) == 0 ? 300 : 20), cancellationToken);
        }
    }

    private static async Task ThrowAsync(TenantConnection work, Write write, Random random, CancellationToken cancellationToken)
    {
        await ExecuteAsync(work, write, cancellationToken);
        throw new UserException();
    }

    private static Task<int> ExecuteAsync(ITenantSession session, Write write, CancellationToken cancellationToken) =>
        session.ExecuteAsync(TortureDatabase.Insert + ";" + TortureDatabase.UpdateBalances, write.Parameters, cancellationToken);

    /// <summary>A transaction of its own: the answer acknowledges the commit.</summary>
    private static async Task AtOnceAsync(Write write, Func<Write, Task> runAsync)
    {
        try
        {
            await runAsync(write);
            write.Outcome = Outcome.Acknowledged;
        }
        catch (Exception fault) when (FaultKind.IsRolledBack(fault))
        {
            write.Outcome = Outcome.RolledBack;
            throw;
        }
    }

    /// <summary>Whatever fails before the commit is sent is rolled back.</summary>
    private static async Task UntilCommitAsync(Write write, Func<Write, Action, Task> runAsync)
    {
        var isCommitting = false;
        try
        {
            await runAsync(write, () => isCommitting = true);
        }
        catch (Exception fault) when (write.Outcome == Outcome.Unknown && (!isCommitting || FaultKind.IsRolledBack(fault)))
        {
            write.Outcome = Outcome.RolledBack;
            throw;
        }
    }
}
