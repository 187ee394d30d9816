using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Network;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Sealing;

/// <summary>A database whose tenant context is plain or sealed, and this library's ways to ask it.</summary>
internal sealed class SealingDatabase : IAsyncDisposable
{
    public const int Organizations = 12;

    /// <summary>What a work of several statements asks, after its INSERT.</summary>
    public const int ReadsOfWork = 4;

    private static readonly Queries Sql = new(TableSets.Protected, "");

    private readonly TenantDatabase _database;
    private readonly BenchmarkPools _pools = new();
    private readonly TenantConnectionFactory _factory;

    private SealingDatabase(TenantDatabase database, SimulatedNetwork network)
    {
        _database = database;
        _factory = FactoryFor(database.AppConnectionString);
        Near = new SessionWay(_factory);
        Far = new SessionWay(FactoryFor(network.Route(database.AppConnectionString)));

        TenantConnectionFactory FactoryFor(string connectionString) =>
            new(_pools.AddForTenants(connectionString), new TenantConnectionOptions { SealKey = database.SealKey });
    }

    /// <summary>The organization that is asked for, one of <see cref="Organizations"/> of the same size.</summary>
    public static Guid Asked { get; } = GeneratedRows.OrganizationId(1);

    /// <summary>The server next to the app.</summary>
    public SessionWay Near { get; }

    /// <summary>A network between them.</summary>
    public SessionWay Far { get; }

    private static Guid Inserting { get; } = GeneratedRows.OrganizationId(2);

    public static async Task<SealingDatabase> CreateAsync(PostgresServer server, SimulatedNetwork network, bool isSealed)
    {
        Suite.Progress.Report("creating a database");
        var result = new SealingDatabase(await server.CreateTenantDatabaseAsync(new TenantDatabaseOptions { Seal = isSealed }, Suite.StoppingToken), network);
        try
        {
            await result.FillAsync();
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<InvoiceRow>> OneAsync(Guid id) => await _factory.CreateSession(TenantContext.ForOrganization(Asked)).QueryAsync<InvoiceRow>(
        $"SELECT {Queries.Columns} FROM {TableSets.Protected}.invoices WHERE id = @id", new { id });

    public Task<int> InsertAsync() => Near.InsertAsync(NextRow.For(Inserting));

    /// <summary>An INSERT and some reads in one transaction.</summary>
    public async Task<IReadOnlyList<InvoiceRow>> WorkAsync()
    {
        await using var work = await _factory.OpenConnectionAsync(TenantContext.ForOrganization(Inserting));
        await work.ExecuteAsync(Sql.Insert, NextRow.For(Inserting));
        IReadOnlyList<InvoiceRow> rows = [];
        for (var read = 0; read < ReadsOfWork; read++)
            rows = await work.QueryAsync<InvoiceRow>(Sql.Newest);
        await work.CommitAsync();
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task FillAsync()
    {
        Suite.Progress.Report("seeding");
        var rows = Suite.Scale.Invoices;
        await using var owner = new NpgsqlConnection(_database.SuperuserConnectionString);
        await owner.RunAsync(GeneratedRows.OrganizationsSql("public.organizations", 1, Organizations), Suite.StoppingToken);
        await owner.RunAsync(
            GeneratedRows.InvoicesSql("public.invoices", $"generate_series(0::bigint, {rows - 1})", $"1 + i % {Organizations}", rows), Suite.StoppingToken);
        // What autovacuum would do in the middle of a measurement.
        await owner.RunAsync("ALTER TABLE public.invoices SET (autovacuum_enabled = false)", Suite.StoppingToken);
        await owner.RunAsync("VACUUM (ANALYZE) public.organizations, public.invoices", Suite.StoppingToken);
        await owner.RunAsync("CHECKPOINT", Suite.StoppingToken);
    }
}
