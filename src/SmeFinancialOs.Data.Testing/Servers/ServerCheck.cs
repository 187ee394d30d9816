using Npgsql;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>What every server must be, whichever way it was come by.</summary>
internal static class ServerCheck
{
    /// <summary>The policies need security_invoker views and the role rules of 15 and later.</summary>
    public const int OldestMajorVersion = 15;

    /// <summary>Notes the version of a server, or stops the server if it is of no use.</summary>
    public static async Task RunAsync(StartedServer server, CancellationToken cancellationToken)
    {
        try
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
            await using var _ = connection.ConfigureAwait(false);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            server.Version = connection.PostgreSqlVersion;
            if (server.Version.Major < OldestMajorVersion)
                throw new WayUnavailableException($"the server is PostgreSQL {server.Version}; {OldestMajorVersion} is the oldest that will do.");

            var command = new NpgsqlCommand("SELECT current_setting('is_superuser')", connection);
            await using var __ = command.ConfigureAwait(false);
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not "on")
                throw new WayUnavailableException($"the login {connection.UserName} is not a superuser.");
        }
        catch (NpgsqlException fault)
        {
            await server.StopAsync().ConfigureAwait(false);
            throw new WayUnavailableException($"the server does not let us in: {fault.Message}", fault);
        }
        catch
        {
            await server.StopAsync().ConfigureAwait(false);
            throw;
        }
    }
}
