using BenchmarkDotNet.Running;

namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>What a call allocates in this process, as BenchmarkDotNet's MemoryDiagnoser counts it. It does not depend on how busy the machine is.</summary>
internal static class Allocations
{
    /// <summary>Bytes of a call of a benchmark method.</summary>
    public static long OfCall<TBenchmarks>(string method, params (string Name, object Value)[] parameters)
    {
        var summary = BenchmarkRunner.Run<TBenchmarks>(BenchmarkConfig.Memory(method, parameters));
        return summary.Reports.SingleOrDefault()?.GcStats.GetBytesAllocatedPerOperation(summary.BenchmarksCases[0])
            ?? throw new InvalidOperationException($"The allocations of {typeof(TBenchmarks).Name}.{method} were not counted.");
    }
}
