using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Sealing;

/// <summary>What a request asks, with a plain context and with a sealed one.</summary>
public class SealingBenchmarks
{
    private SealingDatabase _database = null!;
    private Guid _id;

    /// <summary>Which of the two.</summary>
    [Params(false, true)]
    public bool Sealed { get; set; }

    internal static Shared<SealingDatabases> Databases { get; } = new(SealingDatabases.CreateAsync);

    [GlobalSetup]
    public async Task SetUp()
    {
        var databases = await Databases.GetAsync();
        (_database, _id) = (databases.Of(Sealed), databases.OneId);
    }

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> One() => _database.OneAsync(_id);

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> Newest() => _database.Near.ListAsync(SealingDatabase.Asked);

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> NewestOverNetwork() => _database.Far.ListAsync(SealingDatabase.Asked);

    [Benchmark]
    public Task<IReadOnlyList<StatusTotal>> Totals() => _database.Near.TotalsAsync(SealingDatabase.Asked);

    /// <summary>It stays until the database is dropped: some thousands among many more.</summary>
    [Benchmark]
    public Task<int> Insert() => _database.InsertAsync();

    [Benchmark]
    public Task<IReadOnlyList<InvoiceRow>> UnitOfWork() => _database.WorkAsync();
}
