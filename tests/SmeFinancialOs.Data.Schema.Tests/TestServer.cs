using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

// The server the tests run on: 127.0.0.1, superuser postgres, trust authentication, port from SCHEMA_TEST_PORT.
// The one place to swap for another kind of server.
internal sealed class TestServer
{
    private static readonly Lazy<Task<TestServer>> Shared = new(ConnectAsync);

    // Whatever the tests made goes when they end: databases first, because roles own things in them.
    private readonly ConcurrentBag<string> _databases = [];
    private readonly ConcurrentBag<string> _roles = [];

    private TestServer(string connectionString, Version serverVersion)
    {
        ConnectionString = connectionString;
        ServerVersion = serverVersion;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => CleanUp();
    }

    /// <summary>Superuser, database postgres.</summary>
    public string ConnectionString { get; }

    public Version ServerVersion { get; }

    public static Task<TestServer> GetSharedAsync(CancellationToken cancellationToken) => Shared.Value.WaitAsync(cancellationToken);

    /// <summary>A superuser's connection string of a new empty database.</summary>
    public async Task<string> CreateEmptyDatabaseAsync(CancellationToken cancellationToken)
    {
        var name = "schema_" + Guid.NewGuid().ToString("N");
        await using var connection = await Sql.OpenAsync(ConnectionString, cancellationToken);
        await connection.ExecuteAsync($"CREATE DATABASE {name}");
        _databases.Add(name);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>A role name that nothing else in the cluster has; the role, once made, goes with the tests.</summary>
    public string NewRoleName(string kind)
    {
        var name = $"schema_{Guid.NewGuid():N}_{kind}";
        _roles.Add(name);
        return name;
    }

    private static async Task<TestServer> ConnectAsync()
    {
        var port = int.Parse(Environment.GetEnvironmentVariable("SCHEMA_TEST_PORT") ?? "15418", CultureInfo.InvariantCulture);
        var settings = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "postgres", Database = "postgres", Pooling = false };
        await using var connection = await Sql.OpenAsync(settings.ConnectionString, CancellationToken.None);
        return new TestServer(settings.ConnectionString, connection.PostgreSqlVersion);
    }

    private void CleanUp()
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();
        foreach (var database in _databases)
        {
            using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {database} WITH (FORCE)", connection);
            drop.ExecuteNonQuery();
        }

        // All at once: a role that granted another goes together with it.
        if (!_roles.IsEmpty)
        {
            using var drop = new NpgsqlCommand($"DROP ROLE IF EXISTS {string.Join(", ", _roles)}", connection);
            drop.ExecuteNonQuery();
        }
    }
}
