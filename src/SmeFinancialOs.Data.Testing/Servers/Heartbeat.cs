using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>Tells that something is still going on: at once what it is, then how long it has taken, second by second.</summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly Timer _timer;

    public Heartbeat(Action<string> progress, string what)
    {
        var clock = Stopwatch.StartNew();
        progress(what);
        _timer = new Timer(_ => progress($"  still at it, {clock.Elapsed.TotalSeconds:0} s"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Dispose() => _timer.Dispose();
}
