using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>A TCP proxy in front of the server: counts round trips, rewrites what the server says, or cuts the line.</summary>
internal sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Action<Memory<byte>>? _rewriteAnswer;
    private readonly List<TcpClient> _clients = [];
    private readonly byte[]? _counted;
    private int _roundTrips;
    private int _occurrences;

    public LoopbackProxy(string connectionString, Action<Memory<byte>>? rewriteAnswer = null, string? counted = null)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port, _rewriteAnswer) = (target.Host!, target.Port, rewriteAnswer);
        _counted = counted is null ? null : Encoding.ASCII.GetBytes(counted);
        _listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        // Otherwise nothing in the stream could be read or counted.
        target.SslMode = SslMode.Disable;
        target.GssEncryptionMode = GssEncryptionMode.Disable;
        ConnectionString = target.ConnectionString;
        _ = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>How often the client began to send after the server had answered: what a distance between them would be paid for.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>How many messages of the client, as they arrived, had the text to be counted in them.</summary>
    public int Occurrences => Volatile.Read(ref _occurrences);

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

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var server = new TcpClient();
                await server.ConnectAsync(_host, _port, _stop.Token);
                client.NoDelay = server.NoDelay = true;
                lock (_clients)
                    _clients.AddRange([client, server]);
                var answered = new StrongBox<bool>(true);
                _ = PumpAsync(client, server, sent =>
                {
                    if (_counted is not null && sent.Span.IndexOf(_counted) >= 0)
                        Interlocked.Increment(ref _occurrences);
                    if (Interlocked.Exchange(ref answered.Value, false))
                        Interlocked.Increment(ref _roundTrips);
                });
                _ = PumpAsync(server, client, answer =>
                {
                    _rewriteAnswer?.Invoke(answer);
                    Volatile.Write(ref answered.Value, true);
                });
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Action<Memory<byte>> seen)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                seen(buffer.AsMemory(0, read));
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException
            or SocketException)
        {
            // cut
        }
        finally
        {
            from.Close();
            to.Close();
        }
    }
}
