using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace SmeFinancialOs.Data.Benchmarks.Network;

/// <summary>
/// One direction of a connection: what arrives is passed on in order, each chunk after the same time. A thread reads and another writes, so that a
/// chunk that arrives while an earlier one is under way is not held up by it.
/// </summary>
internal sealed class Line(Socket from, Socket to, Func<TimeSpan> delay, Action arrived) : IDisposable
{
    private readonly BlockingCollection<(long Due, byte[] Bytes)> _underWay = [];
    private int _chunksUnderWay;

    public void Start()
    {
        new Thread(Read) { IsBackground = true, Name = "network, reading" }.Start();
        new Thread(Write) { IsBackground = true, Name = "network, writing" }.Start();
    }

    public void Dispose()
    {
        from.Dispose();
        to.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (from.Receive(buffer) is > 0 and var count)
            {
                var now = Stopwatch.GetTimestamp();
                arrived();
                var ticks = (long)(delay().TotalSeconds * Stopwatch.Frequency);
                // Without a delay no other thread has to wake up for it.
                if (ticks == 0 && Volatile.Read(ref _chunksUnderWay) == 0)
                {
                    Send(buffer.AsSpan(0, count));
                }
                else
                {
                    Interlocked.Increment(ref _chunksUnderWay);
                    _underWay.Add((now + ticks, buffer[..count]));
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // closed
        }
        finally
        {
            _underWay.CompleteAdding();
        }
    }

    private void Write()
    {
        try
        {
            foreach (var (due, bytes) in _underWay.GetConsumingEnumerable())
            {
                PreciseDelay.Until(due);
                Send(bytes);
                Interlocked.Decrement(ref _chunksUnderWay);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // closed
        }
        finally
        {
            // One side has ended: so does the other.
            Dispose();
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[to.Send(bytes)..];
    }
}
