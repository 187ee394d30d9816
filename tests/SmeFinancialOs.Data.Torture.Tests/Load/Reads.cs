using System.Text;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>Every way to read. No WHERE: what the database lets through is looked at, row by row.</summary>
internal sealed class Reads(TortureDatabase database, Pools pools, Ledger ledger, Report report)
{
    private const string Entries = "SELECT org_id AS organization, write_id, writer FROM entries LIMIT ";

    public IEnumerable<Operation> Operations =>
    [
        new("read", 40, (random, token) => ReadAsync(pools.Factory.CreateSession(database.Any(random)), 300, token)),
        new("read, read-only", 10, (random, token) => ReadAsync(pools.Factory.CreateSession(database.Any(random).AsReadOnly()), 300, token)),
        new("read, demo", 5, (_, token) => ReadAsync(pools.Factory.CreateSession(TenantContext.Demo), 100, token)),
        new("read, admin", 5,
            (random, token) => ReadAsync(pools.Factory.CreateSession(TenantContext.ForAdmin("torture", $"look {random.Next()}")), 100, token)),
        new("read, repository", 5, RepositoryAsync),
        new("stream", 10, StreamAsync),
        new("batch of reads", 10, BatchAsync),
        new("copy", 3, CopyAsync),
        new("unit of work, reads", 10, UnitOfWorkAsync),
        new("totals", 1, TotalsAsync),
    ];

    public async Task ReadAsync(ITenantSession session, int limit, CancellationToken cancellationToken) =>
        Check(session.Context, await session.QueryAsync<Entry>($"{Entries}{limit}", null, cancellationToken));

    private async Task RepositoryAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, asked) = (database.Any(random), database.Any(random));
        var organization = await new OrganizationRepository(pools.Factory.CreateSession(context))
            .GetAsync(asked.OrganizationId!.Value.ToGuid(), cancellationToken);
        report.Checked(1);
        if (organization?.Id != (asked == context ? context.OrganizationId : null))
            report.Find($"LEAK {context} asked for {asked} and got {organization?.Id}");
    }

    private async Task StreamAsync(Random random, CancellationToken cancellationToken)
    {
        var session = pools.Factory.CreateSession(database.Any(random));
        var leaveAfter = random.Next(600);
        var seen = 0;
        await foreach (var entry in session.QueryUnbufferedAsync<Entry>(Entries + "400", null, cancellationToken))
        {
            Check(session.Context, [entry]);
            if (++seen > leaveAfter)
                break;
        }
    }

    private async Task BatchAsync(Random random, CancellationToken cancellationToken)
    {
        var session = pools.Factory.CreateSession(database.Any(random));
        var batch = session.CreateBatch();
        var entries = batch.AddQuery<Entry>(Entries + "20");
        var organization = batch.AddExecuteScalar<Guid?>("SELECT app.current_org_id()");
        var accounts = batch.AddQuery<Guid>("SELECT org_id FROM accounts");
        await batch.ExecuteAsync(cancellationToken);
        Check(session.Context, entries.Value);
        report.Checked(accounts.Value.Count);
        foreach (var foreign in accounts.Value.Append(organization.Value ?? default).Where(foreign => foreign != session.Context.OrganizationId))
            report.Find($"LEAK {session.Context} saw an account of {foreign}");
    }

    private async Task CopyAsync(Random random, CancellationToken cancellationToken)
    {
        var session = pools.Factory.CreateSession(database.Any(random));
        var text = new MemoryStream();
        await session.ExportAsync("COPY (SELECT org_id FROM entries LIMIT 50) TO STDOUT", text, cancellationToken);
        var rows = Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        report.Checked(rows.Length);
        foreach (var row in rows.Where(row => Guid.Parse(row) != session.Context.OrganizationId))
            report.Find($"LEAK {session.Context} copied a row of {row}");
    }

    private async Task UnitOfWorkAsync(Random random, CancellationToken cancellationToken)
    {
        await using var work = await pools.SerializableFactory.OpenConnectionAsync(database.Any(random), cancellationToken);
        await ReadAsync(work, 50, cancellationToken);
        await work.Transaction.SaveAsync("here", cancellationToken);
        await ReadAsync(work, 50, cancellationToken);
        if (random.Next(2) == 0)
            await work.Transaction.RollbackAsync("here", cancellationToken);
        await ReadAsync(work, 10, cancellationToken);
        if (random.Next(2) == 0)
            await work.CommitAsync(cancellationToken);
    }

    /// <summary>Half a write would show as a difference, at any moment.</summary>
    private async Task TotalsAsync(Random random, CancellationToken cancellationToken)
    {
        var session = pools.Factory.CreateSession(database.Any(random));
        var difference = await session.ExecuteScalarAsync<decimal>(
            "SELECT (SELECT sum(balance) FROM accounts) - (SELECT coalesce(sum(amount), 0) FROM entries)", null, cancellationToken);
        if (difference != 0)
            report.Find($"LOSS the accounts of {session.Context} differ from their entries by {difference}");
    }

    private void Check(TenantContext context, IReadOnlyCollection<Entry> entries)
    {
        report.Checked(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Organization != (context.OrganizationId ?? entry.Organization))
                report.Find($"LEAK {context} saw a row of {entry.Organization}");
            if (entry.Writer != entry.Organization)
                report.Find($"LEAK {entry.Writer} has written a row of {entry.Organization}, {context} saw it");
            if (ledger.Find(entry.Write_id) is { Outcome: Outcome.RolledBack })
                report.Find($"LOSS {context} saw a row of write {entry.Write_id}, which was rolled back");
        }
    }

    private sealed record Entry(Guid Organization, Guid Write_id, Guid Writer);
}
