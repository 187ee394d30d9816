using System.Diagnostics;
using HdrHistogram;
using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Load;

/// <summary>One way under one number of workers: a closed loop, in which each worker sends its next request when it has the answer to the last.</summary>
internal sealed class LoadCell
{
    private const long LongestMicroseconds = 60_000_000;

    private readonly LoadWay _way;
    private readonly IReadOnlyList<Guid> _organizations;
    private readonly LongConcurrentHistogram _microseconds = new(1, LongestMicroseconds, 3);
    private long _rows;
    private long _foreignRows;

    public LoadCell(LoadWay way, int workers, TimeSpan slice, IReadOnlyList<Guid> organizations)
    {
        (_way, Workers, _organizations) = (way, workers, organizations);
        Case = new Case(way.Title, calls: 1, async _ => [await RunAsync(slice)]);
    }

    /// <summary>A call is a slice of time; its figure is that time divided by the requests of all workers together.</summary>
    public Case Case { get; }

    public int Workers { get; }

    public long Rows => _rows;

    /// <summary>Rows of another organization than the worker asked for.</summary>
    public long ForeignRows => _foreignRows;

    public double LongestNanoseconds => _microseconds.GetMaxValue() * 1000.0;

    /// <summary>A percentile (0 to 100) of all requests.</summary>
    public double Nanoseconds(double percentile) => _microseconds.GetValueAtPercentile(percentile) * 1000.0;

    private async Task<double> RunAsync(TimeSpan slice)
    {
        var elapsed = Stopwatch.StartNew();
        var requests = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(elapsed, slice))));
        return elapsed.Elapsed.TotalNanoseconds / requests.Sum();
    }

    private async Task<int> WorkAsync(Stopwatch elapsed, TimeSpan slice)
    {
        var requests = 0;
        for (; elapsed.Elapsed < slice; requests++)
        {
            var organization = _organizations[Random.Shared.Next(_organizations.Count)];
            var started = Stopwatch.GetTimestamp();
            var rows = await _way.AskAsync(organization);
            _microseconds.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds, 1, LongestMicroseconds));
            Interlocked.Add(ref _rows, rows.Count);
            Interlocked.Add(ref _foreignRows, rows.Count(row => row.OrgId != organization));
        }

        return requests;
    }
}
