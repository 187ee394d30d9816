namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>How much is seeded and how long it is measured.</summary>
/// <param name="Invoices">Rows of each invoices table, over all organizations.</param>
/// <param name="MinRounds">Rounds that are measured however long they take.</param>
/// <param name="MaxRounds">Rounds that are measured if they take no longer than <paramref name="MeasureFor"/>.</param>
/// <param name="MeasureFor">When this is over no further round begins: a busy machine gets fewer rounds, not a longer run.</param>
/// <param name="IsMeasurement">False for a run that only shows that everything works.</param>
internal sealed record Scale(int Invoices, int MinRounds, int MaxRounds, TimeSpan MeasureFor, bool IsMeasurement)
{
    public static Scale Full { get; } = new(280_000, MinRounds: 6, MaxRounds: 40, TimeSpan.FromSeconds(150), IsMeasurement: true);

    public static Scale Quick { get; } = new(20_000, MinRounds: 3, MaxRounds: 6, TimeSpan.FromSeconds(10), IsMeasurement: false);
}
