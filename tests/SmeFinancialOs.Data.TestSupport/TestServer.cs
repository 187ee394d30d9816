using System.Collections.Concurrent;
using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>The server the tests run on, and the roles they make on it.</summary>
internal sealed class TestServer
{
    private static readonly Lazy<Task<TestServer>> Shared = new(ConnectAsync);

    private static volatile PostgresServer? _started;

    private readonly PostgresServer _server;
    private readonly ConcurrentDictionary<string, string> _passwords = new();
    private readonly ConcurrentBag<string> _roles = [];

    private TestServer(PostgresServer server, TenantDatabase known)
    {
        _server = server;
        // The shared logins have passwords already, which others on an external server use too.
        foreach (var login in new[] { known.AppConnectionString, known.AdminConnectionString }.Select(c => new NpgsqlConnectionStringBuilder(c)))
            _passwords[login.Username!] = login.Password!;
        // A throwaway server takes its roles with it.
        if (server.Kind == PostgresServerKind.ConnectionString)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DropRoles();
    }

    /// <summary>Superuser, database postgres.</summary>
    public string ConnectionString => _server.ConnectionString;

    public Version ServerVersion => _server.ServerVersion;

    /// <summary>How to copy a database, as <see cref="PostgresServer"/> does: files where nothing is synced.</summary>
    public string CopyStrategy => _server.Kind == PostgresServerKind.ConnectionString ? "WAL_LOG" : "FILE_COPY";

    public static Task<TestServer> GetSharedAsync(CancellationToken cancellationToken) => Shared.Value.WaitAsync(cancellationToken);

    /// <summary>The server alone, for tests that make no roles.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default) =>
        _started = await PostgresServer.GetSharedAsync(cancellationToken);

    /// <summary>Where it is a throwaway one, and was started.</summary>
    public static async ValueTask StopAsync()
    {
        if (_started is { Kind: not PostgresServerKind.ConnectionString } server)
            await server.DisposeAsync();
    }

    /// <summary>A superuser's connection string of a new empty database.</summary>
    public Task<string> CreateEmptyDatabaseAsync(CancellationToken cancellationToken) => _server.CreateEmptyDatabaseAsync(cancellationToken);

    /// <summary>A role name that nothing else in the cluster has; the role, once made, goes with the tests.</summary>
    public string NewRoleName(string kind)
    {
        var name = $"schema_{Guid.NewGuid():N}_{kind}";
        _roles.Add(name);
        return name;
    }

    /// <summary>The same database as another login, which gets a password if it has none.</summary>
    public static string LogIn(string connectionString, string login)
    {
        var server = Shared.Value.Result; // it is there: somebody got the connection string from it
        var password = server._passwords.GetOrAdd(login, _ =>
        {
            server.Execute($"ALTER ROLE {login} PASSWORD 'secret'");
            return "secret";
        });
        return connectionString.WithLogin(login, password);
    }

    private static async Task<TestServer> ConnectAsync()
    {
        var server = await StartAsync();
        await using var known = await server.CreateTenantDatabaseAsync();
        return new TestServer(server, known);
    }

    private void DropRoles()
    {
        if (!_roles.IsEmpty)
            Execute($"DROP ROLE IF EXISTS {string.Join(", ", _roles)}"); // all at once: a role that granted another goes together with it
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
