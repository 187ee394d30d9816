using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>
/// A loopback server for what a real one cannot be made to say. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    internal const string Plain = "SSL Mode=Disable;GSS Encryption Mode=Disable";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private FakeServer(Func<NetworkStream, CancellationToken, Task> serve)
    {
        _listener.Start();
        _serving = ServeAsync(serve);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Asks for a password, then refuses whatever comes.</summary>
    internal static FakeServer ThatRefuses(string sqlState, string message) => new(async (client, cancel) =>
    {
        var buffer = new byte[1024];
        _ = await client.ReadAsync(buffer, cancel); // start-up
        await client.WriteAsync(new byte[] { (byte)'R', 0, 0, 0, 8, 0, 0, 0, 3 }, cancel); // clear-text password, please
        _ = await client.ReadAsync(buffer, cancel);
        var fields = Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{sqlState}\0M{message}\0\0");
        await client.WriteAsync(new byte[] { (byte)'E', 0, 0, 0, (byte)(fields.Length + 4) }, cancel);
        await client.WriteAsync(fields, cancel);
    });

    /// <summary>Hands everything on to a real server, but for the major version that one reports.</summary>
    internal static FakeServer ThatClaimsVersion(string major, string host, int port) => new(async (client, cancel) =>
    {
        using var server = new TcpClient();
        await server.ConnectAsync(host, port, cancel);
        await Task.WhenAny(
            client.CopyToAsync(server.GetStream(), cancel),
            CopyAsync(server.GetStream(), client, Encoding.ASCII.GetBytes("server_version\0"), Encoding.ASCII.GetBytes(major), cancel));
    });

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, byte[] marker, byte[] overwrite, CancellationToken cancel)
    {
        var buffer = new byte[65536];
        for (int read; (read = await from.ReadAsync(buffer, cancel)) > 0;)
        {
            if (buffer.AsSpan(0, read).IndexOf(marker) is var at and >= 0)
                overwrite.CopyTo(buffer, at + marker.Length);
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
    }

    private async Task ServeAsync(Func<NetworkStream, CancellationToken, Task> serve)
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            await serve(client.GetStream(), _stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAny(_serving);
        _stop.Dispose();
    }
}
