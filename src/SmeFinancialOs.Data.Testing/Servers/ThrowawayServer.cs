using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>A server of this process on a free port of the loopback interface, in a new directory.</summary>
internal static class ThrowawayServer
{
    public static async Task<StartedServer> StartAsync(
        PostgresServerKind kind, string binaries, ServerRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var connectionString = new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = FreePort(),
                Username = "postgres",
                Password = LoginPasswords.RandomPassword(),
                Database = "postgres",
            };
            string[] settings =
            [
                .. request.SettingArguments(),
                "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=",
                "-c", $"port={connectionString.Port.ToString(CultureInfo.InvariantCulture)}",
            ];
            try
            {
                var watchdog = await Watchdog.StartAsync(binaries, connectionString.Password, settings, cancellationToken).ConfigureAwait(false);
                return new StartedServer(kind, connectionString.ConnectionString, watchdog.StopAsync);
            }
            // Somebody took the port between our look and the server's.
            catch (WayUnavailableException fault) when (attempt < 3 && fault.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
