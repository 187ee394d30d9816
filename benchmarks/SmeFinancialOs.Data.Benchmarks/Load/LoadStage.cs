using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Load;

/// <summary>All ways under one number of workers.</summary>
internal sealed class LoadStage
{
    private readonly LoadWays _ways;
    private readonly Dictionary<LoadWay, LoadCell> _cells;

    public LoadStage(LoadWays ways, int workers, TimeSpan slice, IReadOnlyList<Guid> organizations)
    {
        (_ways, Workers) = (ways, workers);
        _cells = ways.All.ToDictionary(way => way, way => new LoadCell(way, workers, slice, organizations));
        Comparison = new Comparison($"{workers} workers", [.. ways.All.Select(way => _cells[way].Case)]);
    }

    public int Workers { get; }

    public Comparison Comparison { get; }

    public IEnumerable<LoadCell> Cells => _cells.Values;

    public LoadCell CellOf(LoadWay way) => _cells[way];

    /// <summary>Requests a second of each round, divided by those of the hand-written pattern in the same round.</summary>
    public double[] ThroughputRatios(LoadWay way, Measurements measurements) => measurements.RatiosOfRounds(_cells[_ways.HandWritten].Case, _cells[way].Case);

    /// <summary>Requests a second: of the round in the middle.</summary>
    public double Throughput(LoadWay way, Measurements measurements) => 1e9 / measurements.Median(_cells[way].Case);
}
