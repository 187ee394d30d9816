using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>Reaching for what is somebody else's, while everything else goes on: each has to be refused, or to find nothing.</summary>
internal sealed class Attacks(TortureDatabase database, Pools pools, Report report) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(database.Database.SuperuserConnectionString) { MaxPoolSize = 2, Timeout = 5 }.ConnectionString);

    public IEnumerable<Operation> Operations =>
    [
        new("attack: insert for another", 3, InsertForAnotherAsync),
        new("attack: update another's", 3, UpdateAnotherAsync),
        new("attack: write as demo", 2, WriteAsDemoAsync),
        new("attack: write to the demo", 2, WriteToDemoAsync),
        new("attack: write read-only", 2, WriteReadOnlyAsync),
        new("attack: no context", 5, NoContextAsync),
        new("attack: as the owner", 2, AsOwnerAsync),
    ];

    public ValueTask DisposeAsync() => _owner.DisposeAsync();

    private Task InsertForAnotherAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, other) = Two(random);
        return RefusedAsync<TenantAccessDeniedException>("insert for another", () => pools.Factory.CreateSession(context).ExecuteAsync(
            "INSERT INTO entries (org_id, write_id, part, writer, account, amount) VALUES (@other, gen_random_uuid(), 1, @writer, 0, 1)",
            new { other, writer = context.OrganizationId?.ToGuid() }, cancellationToken));
    }

    private async Task UpdateAnotherAsync(Random random, CancellationToken cancellationToken)
    {
        var (context, other) = Two(random);
        var written = await pools.Factory.CreateSession(context)
            .ExecuteAsync("UPDATE accounts SET balance = balance + 1 WHERE org_id = @other", new { other }, cancellationToken);
        if (written != 0)
            report.Find($"LEAK {context} has changed {written} accounts of {other}");
    }

    private Task WriteAsDemoAsync(Random random, CancellationToken cancellationToken) =>
        RefusedAsync<DemoReadOnlyException>("write as demo",
            () => pools.Factory.CreateSession(TenantContext.Demo).ExecuteAsync("UPDATE accounts SET balance = 1", null, cancellationToken));

    private Task WriteReadOnlyAsync(Random random, CancellationToken cancellationToken) =>
        RefusedAsync<TenantAccessDeniedException>("write read-only", () => pools.Factory.CreateSession(database.Any(random).AsReadOnly())
            .ExecuteAsync("UPDATE accounts SET balance = 1", null, cancellationToken));

    /// <summary>Somebody who can run SQL in a tenant's transaction can make it the demo's (issue 7), but never write there.</summary>
    private Task WriteToDemoAsync(Random random, CancellationToken cancellationToken) =>
        RefusedAsync<TenantAccessDeniedException>("write to the demo", async () =>
        {
            await using var work = await pools.Factory.OpenConnectionAsync(database.Any(random), cancellationToken);
            await work.ExecuteAsync("SELECT set_config('app.current_org_id', @demo, true)",
                new { demo = TenantContext.DemoOrganizationId.ToString() }, cancellationToken);
            await work.ExecuteAsync("INSERT INTO entries (write_id, part, writer, account, amount) VALUES (gen_random_uuid(), 1, @demo, 0, 0)",
                new { demo = TenantContext.DemoOrganizationId }, cancellationToken);
        });

    /// <summary>Host code that goes around the factory, on a connection that tenants have used.</summary>
    private async Task NoContextAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await pools.App.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("SET LOCAL ROLE tenant_role", null, transaction, cancellationToken: cancellationToken));
        var seen =
            (await connection.QueryAsync<Guid>(
                new CommandDefinition("SELECT org_id FROM entries LIMIT 10", null, transaction, cancellationToken: cancellationToken))).AsList();
        if (seen.Count > 0)
            report.Find($"LEAK without a context {seen.Count} rows of {seen[0]} are visible");
    }

    /// <summary>The owner of the tables is bound by their policies too.</summary>
    private async Task AsOwnerAsync(Random random, CancellationToken cancellationToken)
    {
        await using var connection = await _owner.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("SET LOCAL ROLE app_owner", null, transaction, cancellationToken: cancellationToken));
        try
        {
            var seen = (await connection.QueryAsync<Guid>(
                new CommandDefinition("SELECT org_id FROM entries LIMIT 10", null, transaction, cancellationToken: cancellationToken))).AsList();
            if (seen.Count > 0)
                report.Find($"LEAK the owner sees {seen.Count} rows of {seen[0]}");
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // No maintenance was begun.
        }
    }

    private async Task RefusedAsync<T>(string attack, Func<Task> run)
        where T : Exception
    {
        try
        {
            await run();
            report.Find($"LEAK {attack} was not refused");
        }
        catch (T)
        {
            report.Fault("refused: " + attack);
        }
    }

    private (TenantContext Context, Guid Other) Two(Random random)
    {
        var first = random.Next(database.Tenants.Count);
        var second = (first + 1 + random.Next(database.Tenants.Count - 1)) % database.Tenants.Count;
        return (database.Tenants[first], database.Tenants[second].OrganizationId!.Value.ToGuid());
    }
}
