namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>The single calls of every round, in nanoseconds.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<Case, List<double[]>> _rounds = [];

    /// <summary>How many rounds were measured.</summary>
    public int Rounds => _rounds.Values.Max(rounds => rounds.Count);

    public void Add(Case way, double[] nanoseconds)
    {
        if (!_rounds.TryGetValue(way, out var rounds))
            _rounds[way] = rounds = [];
        rounds.Add(nanoseconds);
    }

    /// <summary>A percentile (0 to 1) over all single calls of all rounds, in nanoseconds.</summary>
    public double Percentile(Case way, double percentile) => Statistics.Percentile([.. _rounds[way].SelectMany(round => round)], percentile);

    public double Median(Case way) => Percentile(way, 0.5);

    /// <summary>The median divided by another way's.</summary>
    public double Ratio(Case way, Case other) => Median(way) / Median(other);

    /// <summary>
    /// How many times as long as the other's each round's median was. The two sides of a round are measured within moments of each other; how far
    /// the rounds lie apart tells how far the machine was busy with other things.
    /// </summary>
    public double[] RatiosOfRounds(Case way, Case other) => OfRounds(way, other, (median, others) => median / others);

    /// <summary>By how many nanoseconds each round's median was above the other's.</summary>
    public double[] DifferencesOfRounds(Case way, Case other) => OfRounds(way, other, (median, others) => median - others);

    private double[] OfRounds(Case way, Case other, Func<double, double, double> compare) =>
        [.. _rounds[way].Zip(_rounds[other], (round, others) => compare(Statistics.Percentile(round, 0.5), Statistics.Percentile(others, 0.5)))];
}
