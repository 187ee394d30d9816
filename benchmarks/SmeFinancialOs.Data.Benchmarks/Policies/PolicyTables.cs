using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Policies;

/// <summary>The copies, each asked in the same way: settings and query in one round trip, as a role that the policies bind.</summary>
internal sealed class PolicyTables : IAsyncDisposable
{
    private readonly BenchmarkPools _pools = new();
    private readonly string _appConnectionString;
    private readonly NpgsqlDataSource _app;
    private readonly NpgsqlDataSource _admin;
    private readonly Guid _organization;

    private PolicyTables(BenchmarkDatabase database)
    {
        _appConnectionString = database.AppConnectionString;
        _app = _pools.Add(database.AppConnectionString);
        _admin = _pools.Add(database.AdminConnectionString);
        _organization = database.Dataset.MeasuredOrganization;
    }

    public static async Task<PolicyTables> CreateAsync()
    {
        var database = await Suite.Database.GetAsync();
        await using (var owner = new NpgsqlConnection(database.SuperuserConnectionString))
        {
            await owner.OpenAsync(Suite.StoppingToken);
            await ExecuteAsync(owner, PolicyTable.CreateFunctionSql);
            foreach (var table in PolicyTable.All)
            {
                Suite.Progress.Report($"copying the invoices: {table.Title}");
                await ExecuteAsync(owner, table.CreateSql(database.Dataset.MeasuredOrganization));
                await ExecuteAsync(owner, $"VACUUM (ANALYZE) {table.Schema}.invoices");
            }

            await ExecuteAsync(owner, "CHECKPOINT");
        }

        return new PolicyTables(database);
    }

    public Task<IReadOnlyList<InvoiceRow>> NewestAsync(PolicyTable table) => QueryAsync(table, table.Queries.Newest, HandWrittenCode.ReadInvoice);

    public Task<IReadOnlyList<StatusCount>> CountByStatusAsync(PolicyTable table) =>
        QueryAsync(table, table.Queries.CountByStatus, HandWrittenCode.ReadStatusCount);

    public Task<QueryPlan> PlanAsync(PolicyTable table, string sql) =>
        QueryPlan.OfAsync(_appConnectionString, _organization, sql, needsOrganization: table.Predicate is null);

    /// <summary>How many invoices the measured organization has.</summary>
    public async Task<long> CountAsync() => (await CountByStatusAsync(PolicyTable.All[0])).Sum(row => row.Count);

    /// <summary>Rows of other organizations that a login sees which is a member of admin_role and has not switched to it.</summary>
    public async Task<long> ForeignRowsOfMemberAsync(PolicyTable table)
    {
        var query = HandWrittenCode.Statement($"SELECT count(*) FROM {table.Schema}.invoices WHERE org_id <> $1", HandWrittenCode.Uuid(_organization));
        return (await HandWrittenCode.QueryWithSettingsAsync(_admin, _organization, "admin_user", query, reader => reader.GetInt64(0)))[0];
    }

    /// <exception cref="ResultsDifferException">The forms do not give the same rows.</exception>
    public async Task CheckAsync()
    {
        var newest = await NewestAsync(PolicyTable.All[0]);
        var counts = await CountByStatusAsync(PolicyTable.All[0]);
        if (newest.Count != 50 || newest.Any(row => row.OrgId != _organization))
            throw new ResultsDifferException("Results differ, nothing was measured: the newest 50 are not 50 rows of their organization.");
        foreach (var table in PolicyTable.All)
        {
            if (!newest.SequenceEqual(await NewestAsync(table)) || !counts.SequenceEqual(await CountByStatusAsync(table)))
                throw new ResultsDifferException($"Results differ, nothing was measured: '{table.Title}' gives other rows than a WHERE clause.");
        }
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(Suite.StoppingToken);
    }

    private Task<IReadOnlyList<T>> QueryAsync<T>(PolicyTable table, string sql, Func<NpgsqlDataReader, T> read) => HandWrittenCode.QueryWithSettingsAsync(
        _app,
        _organization,
        HandWrittenCode.TenantRole,
        table.Predicate is null ? HandWrittenCode.Statement(sql, HandWrittenCode.Uuid(_organization)) : HandWrittenCode.Statement(sql),
        read);
}
