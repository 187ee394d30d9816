namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The single calls of every round, in nanoseconds.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<(Question Question, string Way), List<double[]>> _rounds = [];

    public void Add(Question question, string way, double[] nanoseconds)
    {
        if (!_rounds.TryGetValue((question, way), out var rounds))
            _rounds[(question, way)] = rounds = [];
        rounds.Add(nanoseconds);
    }

    /// <summary>All calls of all rounds.</summary>
    public double[] All(Question question, string way) => [.. _rounds[(question, way)].SelectMany(round => round)];

    /// <summary>
    /// How many times as long as the yardstick's each round's median was. The two sides of a round are measured within moments of each other; how far
    /// the rounds lie apart tells how far the machine was busy with other things.
    /// </summary>
    public double[] RatiosOfRounds(Question question, string way, string yardstick) =>
        [.. _rounds[(question, way)].Zip(_rounds[(question, yardstick)], (round, other) => Statistics.Percentile(round, 0.5) / Statistics.Percentile(other, 0.5))];
}
