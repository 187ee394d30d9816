using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>A server, a seeded database on it and the three ways to ask it.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly TenantDatabase _database;
    private readonly Dataset _dataset;
    private readonly BenchmarkLogins _logins;
    private readonly BenchmarkPools _pools = new();

    private BenchmarkDatabase(PostgresServer server, TenantDatabase database, Dataset dataset)
    {
        (_server, _database, _dataset, _logins) = (server, database, dataset, new BenchmarkLogins(database.Name));
        WithoutRls = new WithoutRls(Pool(_logins.Twin), dataset);
        var admins = new TenantConnectionOptions { AdminDataSource = _pools.Add(database.AdminConnectionString) };
        WithRls = new WithRls(new TenantConnectionFactory(_pools.Add(database.AppConnectionString), admins), dataset);
        ArticleRecipe = new ArticleRecipe(Pool(_logins.ArticleTenant), Pool(_logins.ArticleAdmin), dataset);
        InsertedRows = new InsertedRows(OwnerConnectionString, dataset.InsertingOrganization);
    }

    /// <summary>Kind, version and address.</summary>
    public string Server => _server.Description;

    /// <summary>A superuser on the database.</summary>
    public string OwnerConnectionString => _database.OwnerConnectionString;

    /// <summary>How many invoices the measured organization has.</summary>
    public long MeasuredInvoices { get; private set; }

    public IWay WithoutRls { get; }

    public IWay WithRls { get; }

    public IWay ArticleRecipe { get; }

    public InsertedRows InsertedRows { get; }

    /// <summary>Finds or starts a server, seeds a database and makes sure that all ways agree.</summary>
    public static async Task<BenchmarkDatabase> StartAsync(Scale scale, Progress progress, CancellationToken cancellationToken)
    {
        progress.Report("looking for a PostgreSQL server");
        var server = await PostgresServer.StartAsync(new PostgresServerOptions { Progress = progress.Report }, cancellationToken);
        BenchmarkDatabase? result = null;
        try
        {
            progress.Report("creating a database");
            result = new BenchmarkDatabase(server, await server.CreateTenantDatabaseAsync(cancellationToken), new Dataset(scale.Invoices));
            progress.Say($"Server: {result.Server}");
            await result.FillAsync(progress, cancellationToken);
            progress.Report("comparing the rows of all ways");
            result.MeasuredInvoices = await new Agreement(result, result._dataset).CheckAsync();
            progress.Say($"Seeded; all ways give the same rows, {result.MeasuredInvoices} of them the measured organization's.");
            return result;
        }
        catch
        {
            await (result?.DisposeAsync() ?? server.DisposeAsync());
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        try
        {
            // In this order: a role cannot be dropped while a database has privileges for it. Elsewhere they go with the server.
            await _database.DisposeAsync();
            if (_server.Kind == PostgresServerKind.ConnectionString)
                await DropRolesAsync();
        }
        catch (NpgsqlException fault)
        {
            await Console.Error.WriteLineAsync($"The database {_database.Name} or its bench_ roles may still be there: {fault.Message}");
        }
        finally
        {
            await _server.DisposeAsync();
        }
    }

    private async Task DropRolesAsync()
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(_logins.DropSql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task FillAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(OwnerConnectionString);
        await owner.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(_logins.CreateSql + TwinTables.CreateSql(_logins) + ArticleTables.CreateSql(_logins), owner))
            await command.ExecuteNonQueryAsync(cancellationToken);
        await new Seeder(owner, _dataset, progress).RunAsync(cancellationToken);
    }

    private NpgsqlDataSource Pool(string login) => _pools.Add(_logins.ConnectionString(OwnerConnectionString, login));
}
