using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>A database with the same rows three times: protected, unprotected and as the article has them, and a login for each.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly TenantDatabase _database;
    private readonly BenchmarkLogins _logins;

    private BenchmarkDatabase(PostgresServer server, TenantDatabase database, Dataset dataset) =>
        (_server, _database, Dataset, _logins) = (server, database, dataset, new BenchmarkLogins(database.Name));

    public Dataset Dataset { get; }

    /// <summary>A superuser on the database.</summary>
    public string SuperuserConnectionString => _database.SuperuserConnectionString;

    /// <summary>The login of tenants on the protected tables, app_user.</summary>
    public string AppConnectionString => _database.AppConnectionString;

    /// <summary>The login of admins on the protected tables, admin_user.</summary>
    public string AdminConnectionString => _database.AdminConnectionString;

    /// <summary>The login that may do anything on the unprotected tables.</summary>
    public string TwinConnectionString => _logins.ConnectionString(SuperuserConnectionString, _logins.Twin);

    /// <summary>A login with BYPASSRLS on the protected tables: what they cost without their policies.</summary>
    public string BypassConnectionString => _logins.ConnectionString(SuperuserConnectionString, _logins.Bypass);

    /// <summary>The article's app_user, without the admin role.</summary>
    public string ArticleTenantConnectionString => _logins.ConnectionString(SuperuserConnectionString, _logins.ArticleTenant);

    /// <summary>The article's app_user, with the admin role.</summary>
    public string ArticleAdminConnectionString => _logins.ConnectionString(SuperuserConnectionString, _logins.ArticleAdmin);

    public static async Task<BenchmarkDatabase> CreateAsync(PostgresServer server, Scale scale, Progress progress, CancellationToken cancellationToken)
    {
        progress.Report("creating a database");
        var result = new BenchmarkDatabase(server, await server.CreateTenantDatabaseAsync(cancellationToken: cancellationToken), new Dataset(scale.Invoices));
        try
        {
            progress.Say($"Server: {server.Description}");
            await result.FillAsync(progress, cancellationToken);
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
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
        await using var owner = new NpgsqlConnection(SuperuserConnectionString);
        await owner.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(_logins.CreateSql + TwinTables.CreateSql(_logins) + ArticleTables.CreateSql(_logins), owner))
            await command.ExecuteNonQueryAsync(cancellationToken);
        await new Seeder(owner, Dataset, progress).RunAsync(cancellationToken);
    }
}
