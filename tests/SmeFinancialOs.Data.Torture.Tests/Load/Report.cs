using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>What a run did, what it survived, and what it found.</summary>
internal sealed class Report
{
    private readonly ConcurrentDictionary<string, int> _operations = new();
    private readonly ConcurrentDictionary<string, int> _faults = new();
    private readonly ConcurrentQueue<TimeSpan> _recoveries = new();
    private readonly ConcurrentQueue<string> _findings = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _rows;
    private long _down;

    /// <summary>Leaks, losses and refusals without a reason, in words: there must be none.</summary>
    public IReadOnlyCollection<string> Findings => _findings;

    /// <summary>Rows that came back, each looked at.</summary>
    public long Rows => Volatile.Read(ref _rows);

    public IReadOnlyDictionary<string, int> Faults => _faults;

    public IReadOnlyDictionary<string, int> Operations => _operations;

    public long Now => _clock.ElapsedTicks;

    public void Checked(int rows) => Interlocked.Add(ref _rows, rows);

    public void Fault(string kind) => _faults.AddOrUpdate(kind, 1, (_, count) => count + 1);

    public void Find(string finding)
    {
        // A few of each tell the story.
        if (_findings.Count(other => other.AsSpan()[..Math.Min(25, other.Length)].StartsWith(finding.AsSpan()[..Math.Min(25, finding.Length)])) < 5)
            _findings.Enqueue(finding);
    }

    /// <summary>The server has just been told to go down.</summary>
    public void WentDown() => Volatile.Write(ref _down, Now);

    /// <summary>The load has ended; what follows is the verdict.</summary>
    public void Ended() => _clock.Stop();

    public void Done(string operation, long startedAt)
    {
        _operations.AddOrUpdate(operation, 1, (_, count) => count + 1);
        var down = Volatile.Read(ref _down);
        // Begun after the server went down and done: it is there again.
        if (down > 0 && startedAt > down && Interlocked.CompareExchange(ref _down, 0, down) == down)
            _recoveries.Enqueue(TimeSpan.FromSeconds((Now - down) / (double)Stopwatch.Frequency));
    }

    public string Text(string title, Ledger ledger)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{title}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{_clock.Elapsed.TotalSeconds:0} s, {_operations.Values.Sum():N0} operations done, {Rows:N0} rows checked, {_faults.Values.Sum():N0} faults");
        text.AppendLine("operations  " + Counts(_operations));
        text.AppendLine("faults      " + Counts(_faults));
        text.AppendLine("writes      "
            + string.Join(", ", ledger.Writes.GroupBy(write => write.Outcome).OrderBy(group => group.Key).Select(group => $"{group.Key}: {group.Count():N0}")));
        if (_recoveries.Order().ToArray() is { Length: > 0 } recoveries)
            text.AppendLine(CultureInfo.InvariantCulture, $"recoveries  {recoveries.Length}, until the first success after a restart: "
                + $"median {recoveries[recoveries.Length / 2].TotalMilliseconds:0} ms, longest {recoveries[^1].TotalMilliseconds:0} ms");
        text.AppendLine(CultureInfo.InvariantCulture, $"findings    {_findings.Count}");
        foreach (var finding in _findings)
            text.AppendLine("  " + finding);
        return text.ToString();

        static string Counts(IReadOnlyDictionary<string, int> counts) =>
            string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key}: {count.Value:N0}")));
    }
}
