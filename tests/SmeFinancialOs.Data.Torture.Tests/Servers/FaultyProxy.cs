using System.Net;

namespace SmeFinancialOs.Data.Torture.Tests.Servers;

/// <summary>The line to a server: cuts a connection in the middle of a message when told to, and can change what the client says.</summary>
/// <param name="port">Of the server, on the loopback interface.</param>
/// <param name="rewriteRequest">Changes bytes in place; to take a defence away that is made of words to the server.</param>
internal sealed class FaultyProxy(int port, Action<Memory<byte>>? rewriteRequest = null) : TcpProxy(IPAddress.Loopback.ToString(), port)
{
    private int _cuts;
    private int _cutsDone;

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref _cutsDone);

    /// <summary>Whichever connection next says something, in whichever direction, is cut in the middle of it.</summary>
    public void CutOne() => Interlocked.Increment(ref _cuts);

    /// <summary>Takes back what was not cut yet.</summary>
    public void CutNoMore() => Volatile.Write(ref _cuts, 0);

    protected override (Relay Request, Relay Answer) RelaysOfConnection() =>
        (request =>
        {
            rewriteRequest?.Invoke(request);
            return LengthToPass(request);
        }, LengthToPass);

    private int LengthToPass(Memory<byte> bytes) => TakeCut() ? bytes.Length / 2 : bytes.Length;

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
