using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Servers;

/// <summary>The line to a server: cuts a connection in the middle of a message when told to, and can change what the client says.</summary>
internal sealed class FaultyLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly Action<Memory<byte>>? _rewriteRequest;
    private int _cuts;
    private int _cutsDone;

    /// <param name="port">Of the server, on the loopback interface.</param>
    /// <param name="rewriteRequest">Changes bytes in place; to take a defence away that is made of words to the server.</param>
    public FaultyLine(int port, Action<Memory<byte>>? rewriteRequest = null)
    {
        (_port, _rewriteRequest) = (port, rewriteRequest);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref _cutsDone);

    /// <summary>Of this end, on the loopback interface.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The same login and database, over this line; nothing in it is encrypted.</summary>
    public string ConnectionStringOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = "127.0.0.1",
        Port = Port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Whichever connection next says something, in whichever direction, is cut in the middle of it.</summary>
    public void CutOne() => Interlocked.Increment(ref _cuts);

    /// <summary>Takes back what was not cut yet.</summary>
    public void CutNoMore() => Volatile.Write(ref _cuts, 0);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _stop.Dispose();
    }

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
            await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            client.NoDelay = server.NoDelay = true;
            await Task.WhenAny(PumpAsync(client, server, _rewriteRequest), PumpAsync(server, client, null));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // no server, or stopped
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Action<Memory<byte>>? rewrite)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                rewrite?.Invoke(buffer.AsMemory(0, read));
                var isCut = TakeCut();
                await to.GetStream().WriteAsync(buffer.AsMemory(0, isCut ? read / 2 : read), _stop.Token);
                if (isCut)
                    return;
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException
            or SocketException)
        {
            // the other side has gone
        }
    }

    private bool TakeCut()
    {
        for (var open = Volatile.Read(ref _cuts); open > 0; open = Volatile.Read(ref _cuts))
        {
            if (Interlocked.CompareExchange(ref _cuts, open - 1, open) != open)
                continue;
            Interlocked.Increment(ref _cutsDone);
            return true;
        }

        return false;
    }
}
