using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>
/// How BenchmarkDotNet measures here: single calls, as a percentile of averages would mean nothing; in this process, so that all classes share one
/// server and one dataset; without a forced collection between calls, as in a host app.
/// </summary>
internal static class BenchmarkConfig
{
    /// <summary>For runs with arguments: everything BenchmarkDotNet usually prints. A job on the command line takes the place of this one.</summary>
    public static IConfig Verbose(Scale scale) => DefaultConfig.Instance
        .AddJob((scale.IsMeasurement ? SingleCalls(warmup: 20, iterations: 100) : SingleCalls(warmup: 5, iterations: 10)).AsDefault())
        .AddColumn(StatisticColumn.Median, StatisticColumn.P95)
        .WithArtifactsPath(Path.Combine(ArtifactsFolder.Path, "BenchmarkDotNet"));

    /// <summary>One way of one class, a few calls, without a word.</summary>
    public static IConfig Quiet(string way, int warmup, int iterations) => ManualConfig.CreateEmpty()
        .AddJob(SingleCalls(warmup, iterations))
        .AddFilter(new SimpleFilter(benchmark => benchmark.Descriptor.WorkloadMethod.Name == way))
        .AddLogger(NullLogger.Instance)
        .WithOptions(ConfigOptions.DisableLogFile)
        .WithArtifactsPath(Path.Combine(ArtifactsFolder.Path, "BenchmarkDotNet"));

    private static Job SingleCalls(int warmup, int iterations) => Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithStrategy(RunStrategy.Monitoring)
        .WithInvocationCount(1)
        .WithUnrollFactor(1)
        .WithWarmupCount(warmup)
        .WithIterationCount(iterations)
        .WithGcForce(false);
}
