using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>
/// How BenchmarkDotNet measures here: single calls, as a percentile of averages would mean nothing; in this process, so that all classes share one
/// server and one dataset; without a forced collection between calls, as in a host app.
/// </summary>
internal static class BenchmarkConfig
{
    /// <summary>For BenchmarkDotNet's own command line: everything it usually prints. A job on the command line takes the place of this one.</summary>
    public static IConfig Verbose(Scale scale) => DefaultConfig.Instance
        .AddJob((scale.IsMeasurement ? Calls(warmup: 20, iterations: 100) : Calls(warmup: 5, iterations: 10)).AsDefault())
        .AddColumn(StatisticColumn.Median, StatisticColumn.P95)
        .WithArtifactsPath(ArtifactsPath);

    /// <summary>One method of one class, a few single calls, without a word.</summary>
    public static IConfig Quiet(string method, (string Name, object Value)[] parameters, int warmup, int iterations) =>
        OneMethod(method, parameters).AddJob(Calls(warmup, iterations));

    /// <summary>Allocations of one method of one class, over so many calls that what happens now and then does not count.</summary>
    public static IConfig Memory(string method, (string Name, object Value)[] parameters) =>
        OneMethod(method, parameters).AddJob(Calls(warmup: 1, iterations: 1).WithInvocationCount(256)).AddDiagnoser(MemoryDiagnoser.Default);

    private static string ArtifactsPath => Path.Combine(ArtifactsFolder.Path, "BenchmarkDotNet");

    private static ManualConfig OneMethod(string method, (string Name, object Value)[] parameters) => ManualConfig.CreateEmpty()
        .AddFilter(new SimpleFilter(benchmark => benchmark.Descriptor.WorkloadMethod.Name == method
            && parameters.All(parameter => Equals(benchmark.Parameters[parameter.Name], parameter.Value))))
        .AddLogger(NullLogger.Instance)
        .WithOptions(ConfigOptions.DisableLogFile)
        .WithArtifactsPath(ArtifactsPath);

    private static Job Calls(int warmup, int iterations) => Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithStrategy(RunStrategy.Monitoring)
        .WithInvocationCount(1)
        .WithUnrollFactor(1)
        .WithWarmupCount(warmup)
        .WithIterationCount(iterations)
        .WithGcForce(false);
}
