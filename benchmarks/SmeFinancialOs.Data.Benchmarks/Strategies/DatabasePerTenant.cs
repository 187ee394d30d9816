using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>A database and a pool for each tenant; hand-coded ADO.NET without WHERE, as nobody else's rows are there.</summary>
internal sealed class DatabasePerTenant(PostgresServer server, ThrowawayLogin login, Tenants tenants, int connectionLimit) : IStrategy
{
    private const string Schema = "public";

    private static readonly Queries Sql = new(Schema, "");

    private readonly ThrowawayDatabases _databases = new(server);
    private readonly List<string> _owners = [];
    private readonly DatabasePools _pools = new(connectionLimit);

    public string Name => "database per tenant";

    public string ApplicationName => "bench-databases";

    public int ConnectionsNeeded => tenants.Count;

    public async Task<TimeSpan> CreateAsync(CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        foreach (var number in tenants.Numbers)
        {
            Suite.Progress.Report($"{Name}: creating {number} of {tenants.Count}");
            var owner = await _databases.CreateAsync(cancellationToken);
            _owners.Add(owner);
            await RunAsync(owner, PlainTables.CreateSql(Schema, login), cancellationToken);
            _pools.Add(GeneratedRows.OrganizationId(number), $"{login.ConnectionString(owner)};Pooling=true;Application Name={ApplicationName}");
        }

        return elapsed.Elapsed;
    }

    public async Task AddColumnAsync(string column, CancellationToken cancellationToken)
    {
        foreach (var owner in _owners)
            await RunAsync(owner, $"ALTER TABLE {Schema}.invoices ADD COLUMN {column} text", cancellationToken);
    }

    /// <summary>They are all alike: the first stands for all.</summary>
    public async Task<CatalogSize> ReadCatalogAsync(CancellationToken cancellationToken)
    {
        var one = await CatalogSize.ReadAsync(_owners[0], cancellationToken);
        return new CatalogSize(one.Relations * tenants.Count, one.Bytes * tenants.Count);
    }

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        foreach (var number in tenants.Numbers)
        {
            await using var owner = new NpgsqlConnection(_owners[number - 1]);
            await owner.RunAsync(tenants.FillSql(Schema, number), cancellationToken);
            await owner.RunAsync(Tenants.SettleSql(Schema), cancellationToken);
        }
    }

    public async Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization)
    {
        await using var command = _pools.Of(organization).CreateCommand(Sql.Newest);
        await using var reader = await command.ExecuteReaderAsync();
        return await HandWrittenCode.ReadAllAsync(reader, HandWrittenCode.ReadInvoice);
    }

    public async Task<int> InsertAsync(NewRow row)
    {
        await using var command = _pools.Of(row.OrgId).CreateCommand(Sql.Insert);
        RowParameters.Add(command.Parameters, row);
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        await _databases.DisposeAsync();
    }

    private static async Task RunAsync(string superuserConnectionString, string sql, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(superuserConnectionString);
        await owner.RunAsync(sql, cancellationToken);
    }
}
