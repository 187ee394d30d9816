using System.Diagnostics;

namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>Many short rounds, in each of them every way of every comparison, so that no side has the quiet minutes to itself.</summary>
internal sealed class Rounds(Scale scale, Progress progress)
{
    /// <summary>Measures until the time is over.</summary>
    public async Task<Measurements> RunAsync(IReadOnlyList<Comparison> comparisons, CancellationToken cancellationToken)
    {
        var measurements = new Measurements();
        var elapsed = Stopwatch.StartNew();
        for (var round = 0; round < scale.MinRounds || (round < scale.MaxRounds && elapsed.Elapsed < scale.MeasureFor); round++)
        {
            foreach (var comparison in comparisons)
            {
                foreach (var way in InTurn(comparison.Cases, round))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress.Report($"measuring, round {round + 1}: {comparison.Title}, {way.Title}");
                    measurements.Add(way, await way.MeasureAsync());
                }
            }
        }

        return measurements;
    }

    /// <summary>
    /// Each way is first, second and last equally often, and after each of the others: what went before leaves its traces in caches and scheduler.
    /// </summary>
    private static IEnumerable<Case> InTurn(IReadOnlyList<Case> cases, int round)
    {
        var ways = cases.Skip(round % cases.Count).Concat(cases.Take(round % cases.Count));
        return round / cases.Count % 2 == 0 ? ways : ways.Reverse();
    }
}
