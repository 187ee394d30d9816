using System.Diagnostics;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Running;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The run without arguments: many short rounds, in each of them every way of every query, so that no side has the quiet minutes to itself.</summary>
internal sealed class OverheadRun(Scale scale, Progress progress)
{
    private readonly Measurements _measurements = new();

    /// <summary>Measures until the time is over.</summary>
    /// <returns>The measurements, and of how many rounds.</returns>
    public async Task<(Measurements Measurements, int Rounds)> RunAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        await WarmUpAsync(database);
        var elapsed = Stopwatch.StartNew();
        var round = 0;
        for (; round < scale.MinRounds || (round < scale.MaxRounds && elapsed.Elapsed < scale.MeasureFor); round++)
        {
            foreach (var question in Question.All)
            {
                foreach (var (method, title) in InTurn(round))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress.Report($"measuring, round {round + 1}: {question.Title}, {title}");
                    _measurements.Add(question, method, Measure(question, method));
                }
            }
        }

        return (_measurements, round);
    }

    /// <summary>Each way is first, second and last equally often, and after each of the others: what went before leaves its traces in caches and scheduler.</summary>
    private static IEnumerable<(string Method, string Title)> InTurn(int round)
    {
        var ways = Question.Ways.Skip(round % 3).Concat(Question.Ways.Take(round % 3));
        return round / 3 % 2 == 0 ? ways : ways.Reverse();
    }

    /// <summary>Until the code is compiled for good and every connection has its statements prepared and their plans settled.</summary>
    private async Task WarmUpAsync(BenchmarkDatabase database)
    {
        progress.Report("warming up");
        foreach (var way in (IWay[])[database.WithoutRls, database.WithRls, database.ArticleRecipe])
        {
            for (var call = 0; call < 300; call++)
            {
                await way.InsertAsync(database.InsertedRows.Next());
                if (way != database.ArticleRecipe)
                    await way.NewestAsync();
            }

            for (var call = 0; call < 8; call++)
            {
                await way.NewestAsync();
                await way.CountByStatusAsync();
                await way.TotalsByOrganizationAsync();
            }
        }

        await database.InsertedRows.RemoveAsync();
    }

    private static double[] Measure(Question question, string way)
    {
        var calls = question.CallsOf(way);
        var summary = BenchmarkRunner.Run(question.Benchmarks, BenchmarkConfig.Quiet(way, warmup: Math.Clamp(calls / 4, 1, 10), calls));
        var measured = summary.Reports.SingleOrDefault()?.AllMeasurements
            .Where(measurement => measurement.IterationMode == IterationMode.Workload && measurement.IterationStage == IterationStage.Actual)
            .Select(measurement => measurement.Nanoseconds)
            .ToArray() ?? [];
        return measured.Length == calls
            ? measured
            : throw new InvalidOperationException($"{question.Title}, {way}: {measured.Length} of {calls} calls were measured. Run with --filter *{question.Benchmarks.Name}* to see why.");
    }
}
