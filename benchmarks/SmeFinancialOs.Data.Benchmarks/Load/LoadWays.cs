using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Load;

/// <summary>
/// The ways over three pools: on the unprotected tables, on the protected ones, and on these as this library wants it. Only one way runs at a time.
/// </summary>
internal sealed class LoadWays : IAsyncDisposable
{
    public const int PoolSize = 16;

    private static readonly string ByHand = new Queries(TwinTables.Schema, HandWrittenCode.WhereOrganization).Newest;
    private static readonly string ByDapper = new Queries(TwinTables.Schema, " WHERE org_id = @org").Newest;
    private static readonly string Protected = new Queries(TableSets.Protected, "").Newest;

    private readonly BenchmarkPools _pools = new(PoolSize);
    private readonly NpgsqlDataSource _unprotected;
    private readonly NpgsqlDataSource _protected;
    private readonly TenantConnectionFactory _factory;

    public LoadWays(string unprotectedConnectionString, string protectedConnectionString)
    {
        _unprotected = _pools.Add(unprotectedConnectionString);
        _protected = _pools.Add(protectedConnectionString);
        _factory = new TenantConnectionFactory(_pools.AddForTenants(protectedConnectionString));
        Yardstick = new LoadWay("ADO.NET, hand-coded, unprotected", AdoNetAsync);
        PlainDapper = new LoadWay("Dapper, unprotected", DapperAsync);
        Session = new LoadWay("this library, session", SessionAsync);
        Transaction = new LoadWay("this library, transaction", TransactionAsync);
        UnitOfWork = new LoadWay("this library, unit of work", UnitOfWorkAsync);
        HandWritten = new LoadWay("hand-written: begin, set, query, commit", HandWrittenAsync);
    }

    public LoadWay Yardstick { get; }

    public LoadWay PlainDapper { get; }

    public LoadWay Session { get; }

    public LoadWay Transaction { get; }

    public LoadWay UnitOfWork { get; }

    /// <summary>What this library is compared with: the usual pattern, by hand.</summary>
    public LoadWay HandWritten { get; }

    public IReadOnlyList<LoadWay> All => [Yardstick, PlainDapper, Session, Transaction, UnitOfWork, HandWritten];

    /// <summary>All ways give the same rows, of every organization.</summary>
    public async Task CheckAsync(IEnumerable<Guid> organizations)
    {
        foreach (var organization in organizations)
        {
            var expected = await Yardstick.AskAsync(organization);
            if (expected.Count != 50 || expected.Any(row => row.OrgId != organization))
                throw new ResultsDifferException($"Results differ, nothing was measured: organization {organization} does not have 50 rows of its own.");
            foreach (var way in All)
            {
                if (!expected.SequenceEqual(await way.AskAsync(organization)))
                    throw new ResultsDifferException($"Results differ, nothing was measured: {way.Title} gives other rows than hand-coded ADO.NET.");
            }
        }
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();

    private async Task<IReadOnlyList<InvoiceRow>> AdoNetAsync(Guid organization)
    {
        await using var connection = await _unprotected.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(ByHand, connection) { Parameters = { HandWrittenCode.Uuid(organization) } };
        await using var reader = await command.ExecuteReaderAsync();
        return await HandWrittenCode.ReadAllAsync(reader, HandWrittenCode.ReadInvoice);
    }

    private async Task<IReadOnlyList<InvoiceRow>> DapperAsync(Guid organization)
    {
        await using var connection = await _unprotected.OpenConnectionAsync();
        return (await connection.QueryAsync<InvoiceRow>(ByDapper, new { org = organization })).AsList();
    }

    private Task<IReadOnlyList<InvoiceRow>> SessionAsync(Guid organization) =>
        _factory.CreateSession(TenantContext.ForOrganization(organization)).QueryAsync<InvoiceRow>(Protected);

    private async Task<IReadOnlyList<InvoiceRow>> TransactionAsync(Guid organization)
    {
        await using var transaction = _factory.BeginTransaction(TenantContext.ForOrganization(organization));
        var rows = await transaction.QueryAsync<InvoiceRow>(Protected);
        await transaction.CommitAsync();
        return rows;
    }

    private async Task<IReadOnlyList<InvoiceRow>> UnitOfWorkAsync(Guid organization)
    {
        await using var work = await _factory.OpenConnectionAsync(TenantContext.ForOrganization(organization));
        var rows = await work.QueryAsync<InvoiceRow>(Protected);
        await work.CommitAsync();
        return rows;
    }

    private async Task<IReadOnlyList<InvoiceRow>> HandWrittenAsync(Guid organization)
    {
        await using var connection = await _protected.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "SELECT set_config('app.current_org_id', @organization, true), set_config('role', 'tenant_role', true)",
            new { organization = organization.ToString() },
            transaction);
        var rows = (await connection.QueryAsync<InvoiceRow>(Protected, transaction: transaction)).AsList();
        await transaction.CommitAsync();
        return rows;
    }
}
