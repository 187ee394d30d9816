namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>A table that is measured: how many invoices, of how many organizations, evenly spread or half of them one organization's.</summary>
internal sealed record GrowthTable(long Rows, int Organizations, bool IsSkewed)
{
    /// <summary>The number of the organization with the same rows in every table, however large the table.</summary>
    public const int Same = 1;

    /// <summary>The number of the organization that owns half of a skewed table.</summary>
    public const int Large = 2;

    /// <summary>The number of the organization that rows are inserted for: another one, so that the measured ones stay as they are.</summary>
    public const int Inserting = 3;

    private static readonly (long Rows, int Organizations)[] FullSizes = [(100_000, 12), (1_000_000, 1_000), (10_000_000, 10_000)];
    private static readonly (long Rows, int Organizations)[] QuickSizes = [(2_000, 12), (20_000, 100)];

    /// <summary>The smallest first.</summary>
    public static IReadOnlyList<GrowthTable> All =>
    [
        .. (Suite.Scale.IsMeasurement ? FullSizes : QuickSizes).SelectMany(size => (GrowthTable[])[
            new(size.Rows, size.Organizations, IsSkewed: false), new(size.Rows, size.Organizations, IsSkewed: true)]),
    ];

    /// <summary>The invoices of organization <see cref="Same"/>.</summary>
    public static long SameRows => Suite.Scale.IsMeasurement ? 1_000 : 100;

    public string Name => $"{Figures.Count(Rows)} rows, {Figures.Count(Organizations)} organizations{(IsSkewed ? ", skewed" : "")}";

    /// <summary>
    /// The number of the organization that invoice i belongs to. The invoices are in the order of their dates, so those of each organization are
    /// spread over the whole table, as a system writes them that serves all at once.
    /// </summary>
    public string OrganizationSql => $"""
        CASE WHEN i % {Rows / SameRows} = 0 THEN {Same}
        {(IsSkewed ? $"WHEN i % 2 = 1 THEN {Large} ELSE 3 + i / 2 % {Organizations - 2}" : $"ELSE 2 + i % {Organizations - 1}")} END
        """;

    /// <summary>The invoices of a measured organization.</summary>
    public long RowsOf(int organization) => organization == Same ? SameRows : Rows / 2;
}
