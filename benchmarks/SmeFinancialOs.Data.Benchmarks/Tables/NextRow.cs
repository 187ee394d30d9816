namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>Rows to be inserted, none twice in a process.</summary>
internal static class NextRow
{
    private static int _count;

    public static NewRow For(Guid organization)
    {
        var count = Interlocked.Increment(ref _count);
        return new NewRow(organization, Guid.NewGuid(), $"BENCH-{count:D7}", 129_900, "Sanford, Kling and Hoeger", "sent",
            new DateOnly(2025, 3, 1 + (count % 31)));
    }
}
