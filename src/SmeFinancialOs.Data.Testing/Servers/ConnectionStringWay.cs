using Npgsql;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>A server that somebody else runs for tests.</summary>
internal sealed class ConnectionStringWay : ServerWay
{
    public override PostgresServerKind Kind => PostgresServerKind.ConnectionString;

    public override string Name => "connection-string";

    public override string HowToTurnOn =>
        $"set {EnvironmentVariables.ConnectionString} to a superuser's connection string of a server kept for tests (app_user and "
            + "admin_user get new passwords there).";

    public override bool IsAskedFor(ServerRequest request) => request.ConnectionString is not null;

    public override Task<StartedServer> StartAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        if (request.ConnectionString is null)
            throw new WayUnavailableException($"{EnvironmentVariables.ConnectionString} is not set.");
        try
        {
            var connectionString = new NpgsqlConnectionStringBuilder(request.ConnectionString) { Database = "postgres" };
            if (string.IsNullOrEmpty(connectionString.Host))
                throw new WayUnavailableException("the connection string names no host.");
            return Task.FromResult(new StartedServer(Kind, connectionString.ConnectionString, () => Task.CompletedTask));
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // Neither the message nor the exception: it quotes the string, and a password with a semicolon in it would be part of that.
            throw new WayUnavailableException("the connection string cannot be read: it must be keyword=value pairs separated by semicolons, "
                + "with keywords Npgsql knows.");
        }
    }
}
