using System.Diagnostics;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>One line that says what is going on, at least once a second: rewritten in place on a terminal, plain lines where output is redirected.</summary>
internal sealed class Progress : IProgress<string>, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly bool _inPlace = !Console.IsOutputRedirected;
    private readonly Timer _timer;
    private string _doing = "";
    private bool _ended;

    public Progress() => _timer = new Timer(_ => Show(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>What is being done now; shown with the next tick.</summary>
    public void Report(string value)
    {
        lock (_lock)
            _doing = value;
    }

    /// <summary>A line that stays.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            Clear();
            Console.WriteLine(line);
            _doing = "";
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (!_ended)
                Clear();
            _ended = true;
        }

        return _timer.DisposeAsync();
    }

    private void Show()
    {
        lock (_lock)
        {
            if (_ended || _doing.Length == 0)
                return;
            var line = $"[{_elapsed.Elapsed:mm\\:ss}] {_doing}";
            Clear();
            if (_inPlace)
                Console.Write(line);
            else
                Console.WriteLine(line);
        }
    }

    private void Clear()
    {
        // carriage return, then erase to the end of the line
        if (_inPlace)
            Console.Write("\r\u001b[K");
    }
}
