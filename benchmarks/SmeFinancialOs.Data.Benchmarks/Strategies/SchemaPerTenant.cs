using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>
/// A schema for each tenant in one database, and one pool; hand-coded ADO.NET that sets the search path in the batch of the query: one round trip,
/// and the path ends with its transaction.
/// </summary>
internal sealed class SchemaPerTenant(PostgresServer server, ThrowawayLogin login, Tenants tenants) : IStrategy
{
    private static readonly Queries Sql = new("", "");

    private readonly ThrowawayDatabases _databases = new(server);
    private readonly BenchmarkPools _pools = new();
    private readonly Dictionary<Guid, string> _schemas = tenants.Numbers.ToDictionary(GeneratedRows.OrganizationId, SchemaOf);
    private string _owner = "";
    private NpgsqlDataSource _dataSource = null!;

    public string Name => "schema per tenant";

    public string ApplicationName => "bench-schemas";

    public int ConnectionsNeeded => 1;

    public async Task<TimeSpan> CreateAsync(CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        _owner = await _databases.CreateAsync(cancellationToken);
        await ForEachAsync(
            number => $"CREATE SCHEMA {SchemaOf(number)}; {PlainTables.CreateSql(SchemaOf(number), login)}", cancellationToken);
        _dataSource = _pools.Add($"{login.ConnectionString(_owner)};Pooling=true;Application Name={ApplicationName}");
        return elapsed.Elapsed;
    }

    public Task AddColumnAsync(string column, CancellationToken cancellationToken) =>
        ForEachAsync(number => $"ALTER TABLE {SchemaOf(number)}.invoices ADD COLUMN {column} text", cancellationToken);

    public Task<CatalogSize> ReadCatalogAsync(CancellationToken cancellationToken) => CatalogSize.ReadAsync(_owner, cancellationToken);

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await ForEachAsync(number => tenants.FillSql(SchemaOf(number), number), cancellationToken);
        await ForEachAsync(number => Tenants.SettleSql(SchemaOf(number)), cancellationToken);
    }

    public async Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization)
    {
        await using var batch = _dataSource.CreateBatch();
        AddSearchPath(batch, organization);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql.Newest));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        return await HandWrittenCode.ReadAllAsync(reader, HandWrittenCode.ReadInvoice);
    }

    public async Task<int> InsertAsync(NewRow row)
    {
        await using var batch = _dataSource.CreateBatch();
        AddSearchPath(batch, row.OrgId);
        var insert = new NpgsqlBatchCommand(Sql.Insert);
        RowParameters.Add(insert.Parameters, row);
        batch.BatchCommands.Add(insert);
        return await batch.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        await _databases.DisposeAsync();
    }

    private static string SchemaOf(int number) => $"tenant_{number}";

    private void AddSearchPath(NpgsqlBatch batch, Guid organization)
    {
        var command = new NpgsqlBatchCommand("SELECT pg_catalog.set_config('search_path', $1, true)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _schemas[organization] });
        batch.BatchCommands.Add(command);
    }

    private async Task ForEachAsync(Func<int, string> sql, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(_owner);
        foreach (var number in tenants.Numbers)
        {
            Suite.Progress.Report($"{Name}: {number} of {tenants.Count}");
            await owner.RunAsync(sql(number), cancellationToken);
        }
    }
}
