using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Testcontainers.PostgreSql;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>A container, through Testcontainers.</summary>
internal sealed class DockerWay : ServerWay
{
    /// <summary>An engine on this machine answers in milliseconds; one that DOCKER_HOST names elsewhere may never do.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);

    public override PostgresServerKind Kind => PostgresServerKind.Docker;

    public override string Name => "docker";

    public override string HowToTurnOn =>
        $"start Docker or a compatible engine (DOCKER_HOST is honoured); {EnvironmentVariables.DockerImage} names another image than postgres:18-alpine.";

    public override async Task<StartedServer> StartAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var password = LoginPasswords.RandomPassword();
        var container = await BuildAsync(request, password, cancellationToken).ConfigureAwait(false);
        try
        {
            using var heartbeat = new Heartbeat(request.Progress, $"Starting {request.DockerImage} in Docker; it is pulled first where it is not there yet");
            await container.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A registry that cannot be reached, an image that does not start: for the host all the same, another way may work.
            await container.DisposeAsync().ConfigureAwait(false);
            throw new WayUnavailableException($"an engine answers, but {request.DockerImage} does not start: {fault.Message}", fault);
        }
        catch (OperationCanceledException)
        {
            await container.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = container.Hostname,
            Port = container.GetMappedPublicPort(PostgreSqlBuilder.PostgreSqlPort),
            Username = "postgres",
            Password = password,
            Database = "postgres",
        };
        return new StartedServer(Kind, connectionString.ConnectionString, () => container.DisposeAsync().AsTask());
    }

    private static async Task<PostgreSqlContainer> BuildAsync(ServerRequest request, string password, CancellationToken cancellationToken)
    {
        try
        {
            // Build asks the engine, and waits for it with no limit of its own.
            return await Task.Run(() => Builder(request, password).Build(), cancellationToken)
                .WaitAsync(ProbeTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is DockerUnavailableException or TimeoutException)
        {
            throw new WayUnavailableException("no engine answers.", fault);
        }
        catch (ArgumentException fault)
        {
            throw new WayUnavailableException($"\"{request.DockerImage}\" is not the name of an image: {fault.Message}", fault);
        }
    }

    private static PostgreSqlBuilder Builder(ServerRequest request, string password) => new PostgreSqlBuilder(request.DockerImage)
        .WithLogger(NullLogger.Instance)
        .WithUsername("postgres")
        .WithPassword(password)
        .WithDatabase("postgres")
        .WithCommand([.. request.SettingArguments()])
        .WithCreateParameterModifier(parameters =>
        {
            if (!IsReachedByLoopback())
                return;
            foreach (var binding in parameters.HostConfig!.PortBindings!.Values.SelectMany(bindings => bindings))
                binding.HostIP = "127.0.0.1";
        })
        // By TCP, because the image first starts a server for its own set-up on a socket. The default limit is an hour.
        .WithWaitStrategy(Wait.ForUnixContainer().UntilCommandIsCompleted(
            ["pg_isready", "--host", "localhost", "--username", "postgres"],
            strategy => strategy.WithTimeout(ReadyTimeout).WithInterval(TimeSpan.FromMilliseconds(200))));

    /// <summary>
    /// Nobody else on the network needs the port; but an engine on another machine, or beside the container that we run in, must open it wider.
    /// </summary>
    private static bool IsReachedByLoopback() => TestcontainersSettings.DockerHostOverride switch
    {
        "localhost" or "127.0.0.1" => true,
        null or "" => TestcontainersSettings.OS.DockerEndpointAuthConfig?.Endpoint.Scheme is "unix" or "npipe" && !File.Exists("/.dockerenv"),
        _ => false,
    };
}
