using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Network;

/// <summary>
/// A distance between app and server: a TCP proxy on loopback that holds back what either side sends for half of a round-trip time. It counts the
/// round trips too. It needs no rights, unlike tc and netem; what it adds by itself, some tens of microseconds a trip, is measured with SELECT 1.
/// </summary>
internal sealed class SimulatedNetwork : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _host;
    private readonly int _port;
    private readonly List<Line> _lines = [];
    private long _halfTripTicks;
    private int _roundTrips;

    /// <param name="serverConnectionString">Names the server; every login of it can be routed.</param>
    public SimulatedNetwork(string serverConnectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(serverConnectionString);
        (_host, _port) = (server.Host!, server.Port);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true, Name = "network, accepting" }.Start();
    }

    /// <summary>What a packet there and its answer back take. Can be changed while nothing is under way.</summary>
    public TimeSpan RoundTripTime
    {
        set => Volatile.Write(ref _halfTripTicks, value.Ticks / 2);
    }

    /// <summary>How often the app began to send after the server had answered: how often it pays for the distance.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>The same login, by way of this network.</summary>
    public string Route(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = IPAddress.Loopback.ToString(),
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port,
        // Encrypted or not, the trips are the same; but its handshake would have to be for another host.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    public void Dispose()
    {
        _listener.Dispose();
        lock (_lines)
            _lines.ForEach(line => line.Dispose());
    }

    private void Accept()
    {
        try
        {
            while (true)
                Connect(_listener.Accept());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private void Connect(Socket app)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        app.NoDelay = true;
        server.Connect(_host, _port);
        var isAnswered = new StrongBox<bool>(true);
        var toServer = new Line(app, server, HalfTrip, () =>
        {
            if (Interlocked.Exchange(ref isAnswered.Value, false))
                Interlocked.Increment(ref _roundTrips);
        });
        var toApp = new Line(server, app, HalfTrip, () => Volatile.Write(ref isAnswered.Value, true));
        lock (_lines)
            _lines.AddRange([toServer, toApp]);
        toServer.Start();
        toApp.Start();
    }

    private TimeSpan HalfTrip() => TimeSpan.FromTicks(Volatile.Read(ref _halfTripTicks));
}
