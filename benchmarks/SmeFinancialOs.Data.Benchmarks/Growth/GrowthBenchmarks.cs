using BenchmarkDotNet.Attributes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>One query of one organization of one table, in three ways.</summary>
public abstract class GrowthBenchmarks
{
    public static IEnumerable<string> Subjects => GrowthSubject.All.Select(subject => subject.Key);

    /// <summary>Which organization of which table.</summary>
    [ParamsSource(nameof(Subjects))]
    public string Subject { get; set; } = "";

    internal static Shared<GrowthDatabases> Databases { get; } = new(GrowthDatabases.CreateAsync);

    private protected GrowthDatabase Asked { get; private set; } = null!;

    private protected Guid Organization { get; private set; }

    private protected static NewRow NextRow => Tables.NextRow.For(GeneratedRows.OrganizationId(GrowthTable.Inserting));

    [GlobalSetup]
    public async Task SetUp()
    {
        var subject = GrowthSubject.All.Single(candidate => candidate.Key == Subject);
        Asked = (await Databases.GetAsync()).Of(subject.Table);
        Organization = GeneratedRows.OrganizationId(subject.Organization);
    }
}
