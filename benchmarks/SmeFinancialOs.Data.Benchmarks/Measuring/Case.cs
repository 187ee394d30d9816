using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Running;

namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>One way to answer a question, a line of a table.</summary>
/// <param name="title">As the table names it.</param>
/// <param name="calls">Calls a round makes of it: fewer where it takes a thousand times as long.</param>
/// <param name="measure">Makes that many calls, one after the other, and gives the nanoseconds of each.</param>
internal sealed class Case(string title, int calls, Func<int, Task<double[]>> measure)
{
    public string Title => title;

    public int Calls => calls;

    /// <summary>A benchmark method, at the given values of its parameters.</summary>
    public static Case Of<TBenchmarks>(string method, string title, int calls, params (string Name, object Value)[] parameters) =>
        new(title, calls, count => Task.FromResult(Measure(typeof(TBenchmarks), method, parameters, title, count)));

    public Task<double[]> MeasureAsync() => measure(calls);

    private static double[] Measure(Type benchmarks, string method, (string Name, object Value)[] parameters, string title, int calls)
    {
        var summary = BenchmarkRunner.Run(benchmarks, BenchmarkConfig.Quiet(method, parameters, warmup: Math.Clamp(calls / 4, 1, 10), calls));
        var measured = summary.Reports.SingleOrDefault()?.AllMeasurements
            .Where(measurement => measurement.IterationMode == IterationMode.Workload && measurement.IterationStage == IterationStage.Actual)
            .Select(measurement => measurement.Nanoseconds / measurement.Operations)
            .ToArray() ?? [];
        return measured.Length == calls
            ? measured
            : throw new InvalidOperationException($"{title}: {measured.Length} of {calls} calls were measured. "
                + $"Run with --filter *{benchmarks.Name}.{method}* to see why.");
    }
}
