using Npgsql;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>What a session reads, against what Dapper reads on a plain connection of the same data source.</summary>
public sealed class ValueTests(ValueFixture fixture) : IClassFixture<ValueFixture>
{
    public static TheoryData<string> Types => [.. ValueTable.Types.Select(type => type.ToString())];

    public static TheoryData<string> NodaTypes => [.. ValueTable.NodaTypes.Select(type => type.ToString())];

    public static TheoryData<string> Differences => [.. IntendedDifferences.All.Select(difference => difference.Name)];

    [PartTheory]
    [MemberData(nameof(Types))]
    public Task Session_reads_what_Dapper_reads(string type) =>
        CompareAsync(fixture.Source, ValueTable.Types.Single(candidate => candidate.ToString() == type), ValueTable.Selects, ValueTable.SelectsOfRows);

    [PartTheory]
    [MemberData(nameof(NodaTypes))]
    public Task Session_reads_what_Dapper_reads_with_NodaTime(string type) =>
        CompareAsync(fixture.NodaSource, ValueTable.NodaTypes.Single(candidate => candidate.ToString() == type), [], ValueTable.NodaSelects);

    [PartTheory]
    [MemberData(nameof(Differences))]
    public async Task Intended_difference_is_one(string name)
    {
        var difference = IntendedDifferences.All.Single(candidate => candidate.Name == name);
        await using var plain = await fixture.Source.OpenConnectionAsync();
        var compared = await ValueCalls.CompareAsync(difference.Type, plain, fixture.ReaderOn(fixture.Source), difference.Sql, isWhole: true);
        compared.Should().Contain(pair => pair.Ours.Any(ours => !pair.Dapper.Agrees(ours) && difference.Applies(pair, ours)), difference.Reason);
    }

    private async Task CompareAsync(NpgsqlDataSource source, Type type, IReadOnlyList<string> selects, IReadOnlyList<string> whole)
    {
        var session = fixture.ReaderOn(source);
        await using var plain = await source.OpenConnectionAsync();
        var unintended = new List<string>();
        foreach (var (sql, isWhole) in selects.Select(sql => (sql, false)).Concat(whole.Select(sql => (sql, true))))
        {
            foreach (var compared in await ValueCalls.CompareAsync(type, plain, session, sql, isWhole))
            {
                unintended.AddRange(compared.Ours.Where(ours => !compared.Dapper.Agrees(ours) && !IntendedDifferences.All.Any(difference =>
                    difference.Applies(compared, ours)))
                    .Select(ours => $"{ours.Form}<{type.Name}>(\"{sql}\"): {ours}; Dapper: {compared.Dapper}"));
            }
        }

        string.Join(Environment.NewLine, unintended).Should().BeEmpty();
    }
}
