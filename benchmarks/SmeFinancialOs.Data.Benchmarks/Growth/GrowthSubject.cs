namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>An organization of a table: the one that is as large in every table, or the one that owns half of a skewed table.</summary>
internal sealed record GrowthSubject(GrowthTable Table, bool IsLarge)
{
    public static IReadOnlyList<GrowthSubject> All =>
    [
        .. GrowthTable.All.Select(table => new GrowthSubject(table, IsLarge: false)),
        .. GrowthTable.All.Where(table => table.IsSkewed).Select(table => new GrowthSubject(table, IsLarge: true)),
    ];

    public int Organization => IsLarge ? GrowthTable.Large : GrowthTable.Same;

    /// <summary>The value of the benchmarks' parameter: BenchmarkDotNet cuts longer ones.</summary>
    public string Key => $"{Figures.Count(Table.Rows)}{(IsLarge ? " half" : Table.IsSkewed ? " skewed" : "")}";

    public string Name => $"{Table.Name}{(IsLarge ? ", its large one" : "")}";

    /// <summary>The same organization of the smallest table of its kind: what it grew from.</summary>
    public GrowthSubject Smallest => All.First(subject => subject.IsLarge == IsLarge && subject.Table.IsSkewed == Table.IsSkewed);
}
