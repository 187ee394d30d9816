using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>One request, in every way that runs in this process.</summary>
public abstract class RequestBenchmarks
{
    private protected PeerWays Asked { get; set; } = null!;

    [Benchmark(Baseline = true)]
    public Task<IReadOnlyList<InvoiceRow>> AdoNet() => Asked.AdoNet.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Dapper() => Asked.Dapper.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Session() => Asked.Session.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> UnitOfWork() => Asked.UnitOfWork.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Transaction() => Asked.Transaction.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> HandWritten() => Asked.HandWritten.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> EfCore() => Asked.EfCore.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> EfCoreInterceptor() => Asked.EfCoreInterceptor.NewestAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> EfCoreTransaction() => Asked.EfCoreTransaction.NewestAsync();
}
