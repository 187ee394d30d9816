using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SmeFinancialOs.Data.Torture.Tests.Failover;

/// <summary>What a failover did to the load.</summary>
internal sealed class Report
{
    private readonly ConcurrentQueue<string> _findings = new();
    private readonly ConcurrentDictionary<string, int> _faults = new();
    private readonly ConcurrentQueue<double> _lag = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _rows;
    private int _standbyReads;
    private int _primaryReads;
    private int _primaryReadsBefore;
    private long _killedAt;
    private long _promotedAt;
    private long _resumedAt;

    /// <summary>Foreign rows, refused retries, lost or halved writes: there must be none.</summary>
    public IReadOnlyCollection<string> Findings => _findings;

    public int StandbyReads => Volatile.Read(ref _standbyReads);

    /// <summary>While there was a standby.</summary>
    public int PrimaryReadsBefore => Volatile.Read(ref _primaryReadsBefore);

    public bool HasResumed => Volatile.Read(ref _resumedAt) > 0;

    public int Retries => _faults.Where(fault => fault.Key.StartsWith("retried", StringComparison.Ordinal)).Sum(fault => fault.Value);

    public int Lost { get; private set; }

    public void Find(string finding) => _findings.Enqueue(finding);

    public void Fault(string kind, Exception fault) =>
        _faults.AddOrUpdate(
            $"{kind}: {fault.GetType().Name} {((fault as TenantDataException)?.SqlState ?? (fault as Npgsql.PostgresException)?.SqlState)}".TrimEnd(), 1,
            (_, count) => count + 1);

    public void Lag(double milliseconds) => _lag.Enqueue(milliseconds);

    public void Read(int rows, bool onStandby)
    {
        Interlocked.Add(ref _rows, rows);
        Interlocked.Increment(ref onStandby ? ref _standbyReads : ref _primaryReads);
        if (!onStandby && Volatile.Read(ref _killedAt) == 0)
            Interlocked.Increment(ref _primaryReadsBefore);
    }

    public void Killed() => Volatile.Write(ref _killedAt, _clock.ElapsedMilliseconds);

    public void Promoted() => Volatile.Write(ref _promotedAt, _clock.ElapsedMilliseconds);

    /// <summary>A write was acknowledged: by the new primary, if it began after the old one had died.</summary>
    public void Acknowledged(long startedAt)
    {
        var killed = Volatile.Read(ref _killedAt);
        if (killed > 0 && startedAt > killed)
            Interlocked.CompareExchange(ref _resumedAt, _clock.ElapsedMilliseconds, 0);
    }

    public long Now => _clock.ElapsedMilliseconds;

    public void Losing(Guid id)
    {
        Lost++;
        Find($"acknowledged, and not on the new primary: {id}");
    }

    public string Text(string title, Ledger ledger)
    {
        var text = new StringBuilder();
        text.AppendLine(title);
        text.AppendLine(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds:0} s, {_rows:N0} rows checked; "
            + $"reads on the standby {_standbyReads:N0}, on the primary before {_primaryReadsBefore:N0}, "
            + $"on the new one after {_primaryReads - _primaryReadsBefore:N0}");
        text.AppendLine("writes      " + Counts(ledger.Outcomes.GroupBy(write => write.ToString()).ToDictionary(group => group.Key, group => group.Count())));
        text.AppendLine("faults      " + Counts(_faults));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"failover    promoted {_promotedAt - _killedAt} ms after the primary was killed, first write acknowledged {_resumedAt - _killedAt} ms after");
        if (_lag.Order().ToArray() is { Length: > 0 } lag)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"replay lag  median {lag[lag.Length / 2]:0.0} ms, longest {lag[^1]:0.0} ms ({lag.Length} samples of pg_stat_replication)");
        text.AppendLine(CultureInfo.InvariantCulture, $"lost        {Lost}");
        text.AppendLine(CultureInfo.InvariantCulture, $"findings    {_findings.Count}");
        foreach (var finding in _findings.Take(20))
            text.AppendLine("  " + finding);
        return text.ToString();

        static string Counts(IReadOnlyDictionary<string, int> counts) =>
            string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key}: {count.Value:N0}")));
    }
}
