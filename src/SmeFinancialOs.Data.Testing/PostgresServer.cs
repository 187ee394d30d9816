using Npgsql;
using SmeFinancialOs.Data.Testing.Servers;

namespace SmeFinancialOs.Data.Testing;

/// <summary>
/// A PostgreSQL server for tests and benchmarks: one that is named by a connection string, a container, or a throwaway server
/// of this process. A throwaway server and its files are gone when this object is disposed or the process ends, however it ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly StartedServer _server;
    private readonly ServerDatabases _databases;
    private int _disposed;

    private PostgresServer(StartedServer server)
    {
        _server = server;
        _databases = new ServerDatabases(server);
        // Only a backstop for a container or databases on an external server: the watchdog of a local server needs no such call.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>How this server was come by.</summary>
    public PostgresServerKind Kind => _server.Kind;

    /// <summary>A superuser's connection string to the database <c>postgres</c>.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion => _server.Version;

    /// <summary>One line for logs: kind, version and address, without the password.</summary>
    public string Description
    {
        get
        {
            var address = new NpgsqlConnectionStringBuilder(ConnectionString);
            return $"{Kind}: PostgreSQL {ServerVersion} at {address.Host}:{address.Port}";
        }
    }

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Starts a server of its own, or connects to the one that a connection string names.</summary>
    /// <param name="options">Which server to use; null takes everything from the environment.</param>
    /// <param name="cancellationToken">Gives up and leaves nothing behind.</param>
    /// <exception cref="PostgresServerUnavailableException">None of the ways to come by a server works here.</exception>
    /// <exception cref="ArgumentException">A setting of the options is not for a host to choose, such as the port.</exception>
    public static async Task<PostgresServer> StartAsync(PostgresServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = ServerRequest.From(options ?? new PostgresServerOptions());
        return new PostgresServer(await ServerWays.StartAsync(request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// The one server of this process, chosen by the environment: started by the first caller, shared by all, stopped when the process exits.
    /// Do not dispose it; a failed start is tried again by the next caller.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="PostgresServerUnavailableException">None of the ways to come by a server works here.</exception>
    public static Task<PostgresServer> GetSharedAsync(CancellationToken cancellationToken = default) => SharedServer.GetAsync(cancellationToken);

    /// <summary>Creates a migrated database of its own: a copy of a template that is migrated once for each server and set of options.</summary>
    /// <param name="options">What it holds besides this library's schema; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Audit.MigrationLintException">A migration of the host cannot be read or run; it says which, and where.</exception>
    /// <exception cref="ArgumentException">A directory of migrations is blank.</exception>
    /// <exception cref="ObjectDisposedException">The server was disposed.</exception>
    public Task<TenantDatabase> CreateTenantDatabaseAsync(TenantDatabaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (options is { MigrationsDirectory: { } directory } && string.IsNullOrWhiteSpace(directory))
            throw new ArgumentException("MigrationsDirectory is blank. Leave it null where there are no migrations.", nameof(options));
        return _databases.CreateFromTemplateAsync(options ?? new TenantDatabaseOptions(), cancellationToken);
    }

    /// <summary>Creates an empty database and returns a superuser's connection string to it. It lives as long as the server object.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectDisposedException">The server was disposed.</exception>
    public Task<string> CreateEmptyDatabaseAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _databases.CreateEmptyAsync(cancellationToken);
    }

    /// <summary>Stops a server that was started here and waits until it is gone; on any other, drops the databases created here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        await _databases.DisposeAsync().ConfigureAwait(false);
        await _server.StopAsync().ConfigureAwait(false);
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        try
        {
            DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        }
        catch (AggregateException)
        {
            // The process is ending and nobody is left to tell.
        }
    }
}
