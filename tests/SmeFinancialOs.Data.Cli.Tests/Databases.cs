using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>A clean database with our schema, one with a forgotten table, and one that is empty; on the server that all tests of the process share.</summary>
public sealed class Databases : IAsyncLifetime
{
    private readonly List<TenantDatabase> _databases = [];
    private PostgresServer _server = null!;

    internal string Clean { get; private set; } = "";

    internal string Faulty { get; private set; } = "";

    internal string Server => _server.ConnectionString;

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Cancel);
        Clean = await NewAsync();
        Faulty = await NewAsync("CREATE TABLE public.forgotten (org_id uuid NOT NULL, note text)");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    internal async Task<string> NewAsync(string? sql = null)
    {
        var database = await _server.CreateTenantDatabaseAsync(cancellationToken: Cancel);
        _databases.Add(database);
        if (sql is not null)
            await ExecuteAsync(database.SuperuserConnectionString, sql);
        return database.SuperuserConnectionString;
    }

    internal Task<string> NewEmptyAsync() => _server.CreateEmptyDatabaseAsync(Cancel);

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    internal static async Task<T?> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel) is T value ? value : default;
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        return connection;
    }
}
