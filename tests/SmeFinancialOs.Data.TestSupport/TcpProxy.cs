using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>A TCP proxy on the loopback interface, in front of a server. What it does to the bytes is up to its subclass.</summary>
internal abstract class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly List<TcpClient> _clients = [];

    protected TcpProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Looks at bytes, may change them in place, and says how many go on. Fewer than all cut the connection there.</summary>
    protected delegate int Relay(Memory<byte> bytes);

    /// <summary>Of the proxy.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The same login and database, through the proxy; nothing is encrypted, so that bytes can be read and changed.</summary>
    public string ConnectionStringOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = "127.0.0.1",
        Port = Port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Ends every connection.</summary>
    public void CutAll()
    {
        lock (_clients)
        {
            foreach (var client in _clients)
                client.Close();
            _clients.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CutAll();
        _stop.Dispose();
    }

    /// <summary>Of a new connection: what is done to the bytes of each direction.</summary>
    protected abstract (Relay Request, Relay Answer) RelaysOfConnection();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(_host, _port, _stop.Token);
            client.NoDelay = server.NoDelay = true;
            lock (_clients)
                _clients.AddRange([client, server]);
            var (request, answer) = RelaysOfConnection();
            await Task.WhenAny(PumpAsync(client, server, request), PumpAsync(server, client, answer));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // no server, or stopped
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Relay relay)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                var passed = relay(buffer.AsMemory(0, read));
                await to.GetStream().WriteAsync(buffer.AsMemory(0, passed), _stop.Token);
                if (passed < read)
                    return;
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException
            or SocketException)
        {
            // cut
        }
    }
}
