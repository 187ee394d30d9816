using Npgsql;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>All tenants in the same tables, kept apart by row-level security and used through the factory.</summary>
internal sealed class SharedDatabase(TenantConnectionFactory factory, NpgsqlConnection superuser, Tenants tenants) : IDatabase
{
    public static async Task CreateAsync(NpgsqlConnection superuser, Schema schema)
    {
        await superuser.RunAsync($"""
            SET search_path = public;
            DROP TABLE IF EXISTS child, parent;
            {schema.Ddl("app.current_org_id()")}
            ALTER TABLE parent OWNER TO app_owner;
            ALTER TABLE child OWNER TO app_owner;
            COMMENT ON COLUMN parent.org_id IS 'tenant column: the model knows no table of tenants';
            COMMENT ON COLUMN child.org_id IS 'tenant column: the model knows no table of tenants';
            SET ROLE app_owner;
            SELECT app.protect_table('parent'), app.protect_table('child');
            RESET ROLE;
            """);
    }

    public async Task<string> RunAsync(Step step)
    {
        try
        {
            return await RunAsync(step, tenants.Context(step.Tenant, step.IsReadOnly));
        }
        catch (Exception fault) when (SqlStateOf(fault) is { } state)
        {
            return "refused: " + state;
        }
    }

    /// <summary>As an operator sees them, who is bound by a policy too.</summary>
    public async Task<string> ContentAsync(int tenant) =>
        string.Join("\n",
            await superuser.ReadAsync($"SELECT row_to_json(t)::text FROM parent t WHERE org_id = {tenants.Literal(tenant)} "
                + $"UNION ALL SELECT row_to_json(t)::text FROM child t WHERE org_id = {tenants.Literal(tenant)} ORDER BY 1"));

    private static string? SqlStateOf(Exception fault) => (fault as TenantDataException)?.SqlState ?? (fault as PostgresException)?.SqlState;

    private async Task<string> RunAsync(Step step, TenantContext context)
    {
        switch (step.Way)
        {
            case Way.Session:
                return await RunAsync(factory.CreateSession(context), step.Statements[0]);
            case Way.Stream:
                var rows = new List<string>();
                await foreach (var row in factory.CreateSession(context).QueryUnbufferedAsync<string>(step.Statements[0].Sql))
                    rows.Add(row);
                return "rows: " + string.Join("\n", rows);
            case Way.Batch:
                return await BatchAsync(factory.CreateSession(context), step);
            case Way.UnitOfWork:
                await using (var work = await factory.OpenConnectionAsync(context))
                    return await UnitOfWorkAsync(work, step, work.Transaction, work.CommitAsync);
            default:
                await using (var transaction = factory.BeginTransaction(context))
                    return await UnitOfWorkAsync(transaction, step, null, transaction.CommitAsync);
        }
    }

    private static async Task<string> UnitOfWorkAsync(ITenantSession work, Step step, NpgsqlTransaction? savepoints, Func<CancellationToken, Task> commitAsync)
    {
        var outcomes = new List<string>();
        for (var i = 0; i < step.Statements.Count; i++)
        {
            if (i == step.SavepointAt)
                await savepoints!.SaveAsync("here");
            try
            {
                outcomes.Add(await RunAsync(work, step.Statements[i]));
            }
            catch (Exception fault) when (i >= step.SavepointAt && SqlStateOf(fault) is { } state)
            {
                outcomes.Add("refused: " + state);
                break;
            }
        }

        if (step.SavepointAt is not null)
            await savepoints!.RollbackAsync("here");
        if (step.IsCommitted)
            await commitAsync(CancellationToken.None);
        return string.Join("; ", outcomes);
    }

    private static async Task<string> BatchAsync(ITenantSession session, Step step)
    {
        var batch = session.CreateBatch();
        var outcomes = new List<Func<string>>();
        foreach (var statement in step.Statements)
        {
            if (statement.IsQuery)
            {
                var rows = batch.AddQuery<string>(statement.Sql);
                outcomes.Add(() => "rows: " + string.Join("\n", rows.Value));
            }
            else
            {
                var written = batch.AddExecute(statement.Sql);
                outcomes.Add(() => $"written: {written.Value}");
            }
        }

        await batch.ExecuteAsync();
        return string.Join("; ", outcomes.Select(outcome => outcome()));
    }

    private static async Task<string> RunAsync(ITenantSession session, Statement statement) => statement.IsQuery
        ? "rows: " + string.Join("\n", await session.QueryAsync<string>(statement.Sql))
        : $"written: {await session.ExecuteAsync(statement.Sql)}";
}
